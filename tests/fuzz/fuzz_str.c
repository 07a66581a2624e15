// SPDX-License-Identifier: GPL-3.0-or-later
// The small functions on strings.
#include "fuzz.h"

FUZZ(str)
{
    struct str s;
    char *text = fuzz_text(data, size), fit[16];
    int64_t n;
    double x;
    str_init(&s, STR_MAX);
    str_add_utf8(&s, text);
    FUZZ_HOLD(!s.p || str_is_utf8(s.p, s.len, NULL));
    if (str_is_utf8(text, strlen(text), NULL))
        FUZZ_HOLD(strcmp(s.p ? s.p : "", text) == 0);
    str_fit(fit, sizeof fit, text);
    FUZZ_HOLD(strlen(fit) < sizeof fit && str_is_utf8(fit, strlen(fit), NULL));
    str_clear(&s);
    str_add_slug(&s, text);
    FUZZ_HOLD(s.len && strspn(s.p, "abcdefghijklmnopqrstuvwxyz0123456789-") == s.len);
    FUZZ_HOLD(s.p[0] != '-' && s.p[s.len - 1] != '-' && !strstr(s.p, "--"));
    if (str_to_int(text, &n)) {
        str_clear(&s);
        str_add_int(&s, n);
        FUZZ_HOLD(strcmp(s.p, text) == 0 || strcmp(text, "-0") == 0);
    }
    if (str_to_real(text, &x))
        FUZZ_HOLD(x - x == 0);
    str_clear(&s);
    str_add_url(&s, text);
    FUZZ_HOLD(!s.p || strspn(s.p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-._~/%") == s.len);
    str_done(&s);
    free(text);
    return 0;
}
