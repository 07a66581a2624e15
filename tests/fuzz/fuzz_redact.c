// SPDX-License-Identifier: GPL-3.0-or-later
// "secret\ntext": the secret stands nowhere in what comes out, in no way of writing it.
#include "fuzz.h"

#include "base/json.h"
#include "base/redact.h"

static bool holds(const char *text, const char *secret)
{
    return strstr(text, secret) != NULL;
}

static void each_writing_is_gone(const struct redactor *r, const char *secret, const char *around)
{
    struct str ways[3];
    for (int i = 0; i < 3; i++)
        str_init(&ways[i], STR_MAX);
    str_add(&ways[0], secret);
    str_add_url_part(&ways[1], secret);
    struct json *j = json_new_text(secret);
    json_write(&ways[2], j, false);
    json_free(j);
    for (int i = 0; i < 3; i++) {
        struct str s;
        str_init(&s, STR_MAX);
        str_addf(&s, "%s%s%s", around, ways[i].p, around);
        redact(r, &s);
        FUZZ_HOLD(holds(s.p, "[secret]"));
        // Only where "[secret]" itself completes it can it be found again.
        FUZZ_HOLD(!holds(s.p, secret) || holds("[secret]", secret) || strpbrk(secret, "[]"));
        str_done(&s);
        str_done(&ways[i]);
    }
}

FUZZ(redact)
{
    char *text = fuzz_text(data, size), *rest = text;
    char *secret = fuzz_part(&rest, '\n'), buffer[64];
    size_t len = strlen(secret);
    if (rest && len >= 4 && len < 200 && str_is_utf8(secret, len, NULL)) {
        struct redactor *r = redactor_new();
        redactor_add(r, secret);
        each_writing_is_gone(r, secret, rest);
        str_fit(buffer, sizeof buffer, rest);
        redact_text(r, buffer, sizeof buffer);
        FUZZ_HOLD(!holds(buffer, secret) || strpbrk(secret, "[]") || holds("[secret]", secret));
        redactor_free(r);
    }
    free(text);
    return 0;
}
