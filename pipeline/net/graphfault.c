// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/graphfault.h"

#include <string.h>

#include "base/arena.h"

#define NEW_TOKEN "make a new token and put it into the secrets file"
#define PERMISSION                                                                  \
    "a permission is missing: the token of a Page needs pages_read_engagement and " \
    "pages_manage_posts, that of a person publish_video"
#define LIMIT "too many calls were made: Facebook asks for a pause of minutes"

// The first row that fits counts, so subcodes stand above their code.
static const struct graph_fault faults[] = {
    {190, 190, 458, GRAPH_STOP, true,
     "the app was removed from the account: connect it again, then " NEW_TOKEN},
    {190, 190, 459, GRAPH_STOP, true,
     "Facebook wants the owner of the account to log in at facebook.com and answer a question"},
    {190, 190, 460, GRAPH_STOP, true, "the password of the account was changed since: " NEW_TOKEN},
    {190, 190, 463, GRAPH_STOP, true, "the token has expired: " NEW_TOKEN},
    {190, 190, 464, GRAPH_STOP, true,
     "the account is not confirmed: log in at facebook.com and confirm it"},
    {190, 190, 467, GRAPH_STOP, true, "the token was withdrawn: " NEW_TOKEN},
    {190, 190, 0, GRAPH_STOP, true, "the token is not accepted: " NEW_TOKEN},
    {102, 102, 0, GRAPH_STOP, true, "the session has ended: " NEW_TOKEN},
    {200, 200, 1363120, GRAPH_STOP, true,
     "the account or Page is younger than 60 days, and Facebook lets it go live only then"},
    {200, 200, 1363144, GRAPH_STOP, true,
     "the Page has fewer than 100 followers, and Facebook lets it go live only with 100"},
    {-1, -1, 1363103, GRAPH_STOP, true,
     "crossposting was refused: look at the Pages it is meant for"},
    {3, 3, 0, GRAPH_STOP, true,
     "the app has no access to the Live Video API: ask for it in the app's review"},
    {10, 10, 0, GRAPH_STOP, true, PERMISSION},
    {200, 299, 0, GRAPH_STOP, true, PERMISSION},
    {100, 100, 33, GRAPH_STOP, true,
     "Facebook does not know this Page or video, or the token may not see it: compare the Page's "
     "number in show.yaml with the Page of the token"},
    {100, 100, 0, GRAPH_STOP, true,
     "Facebook refuses a value that was sent: look at the title, the time and the Page's number"},
    {803, 803, 0, GRAPH_GONE, true, "it is not there any more"},
    {368, 368, 0, GRAPH_STOP, true,
     "Facebook has blocked this account or Page from posting: open the Page's quality and support "
     "inbox at facebook.com"},
    {506, 506, 0, GRAPH_STOP, true,
     "Facebook takes it for the same post again: change the title or the summary"},
    {1000, 1000, 0, GRAPH_STOP, true,
     "Facebook refuses the time: it must lie ahead, by seven days at most"},
    {1005, 1005, 0, GRAPH_STOP, true, "Facebook refuses the picture of the event"},
    {4, 4, 0, GRAPH_LATER, true, LIMIT},
    {17, 17, 0, GRAPH_LATER, true, LIMIT},
    {32, 32, 0, GRAPH_LATER, true, LIMIT},
    {341, 341, 0, GRAPH_LATER, true, LIMIT},
    {613, 613, 0, GRAPH_LATER, true, LIMIT},
    {80000, 80099, 0, GRAPH_LATER, true, LIMIT},
    {1, 1, 0, GRAPH_AGAIN, false, "Facebook has a fault of its own"},
    {2, 2, 0, GRAPH_AGAIN, false, "Facebook's service is down at the moment"},
    {6000, 6000, 0, GRAPH_AGAIN, false, "Facebook could not take what was sent"},
};

// Without a code that is known, HTTP's status says what it can.
static const struct {
    int first, last;
    struct graph_fault fault;
} statuses[] = {
    {500, 599, {0, 0, 0, GRAPH_AGAIN, false, "Facebook has a fault of its own"}},
    {429, 429, {0, 0, 0, GRAPH_LATER, true, LIMIT}},
    {408, 408, {0, 0, 0, GRAPH_AGAIN, false, "Facebook waited too long"}},
    {401, 403, {0, 0, 0, GRAPH_STOP, true, "the token is not accepted: " NEW_TOKEN}},
    {400, 499, {0, 0, 0, GRAPH_STOP, true, "Facebook refuses the call"}},
};
static const struct graph_fault passing = {0,           0,     0,
                                           GRAPH_AGAIN, false, "Facebook has a fault that passes"};
static const struct graph_fault unknown = {
    0, 0, 0, GRAPH_STOP, false, "Facebook answers with an error that is not known here"};
static const struct graph_fault gone = {0, 0, 0, GRAPH_GONE, true, "it is not there any more"};

bool graph_error_read(const struct json *answer, struct graph_error *ret)
{
    const struct json *x = json_get(answer, "error");
    if (!x)
        return false;
    *ret = (struct graph_error){
        .code = json_int(x, "code", 0),
        .subcode = json_int(x, "error_subcode", 0),
        .transient = json_bool(x, "is_transient", false),
        .type = json_text(x, "type"),
        .message = json_text(x, "message"),
        .user_title = json_text(x, "error_user_title"),
        .user_msg = json_text(x, "error_user_msg"),
        .trace = json_text(x, "fbtrace_id"),
    };
    if (!ret->message)
        ret->message = json_as_text(x);
    return true;
}

// The names of errors that come from the broadcast itself stand in one text or another.
static bool names_gone(const struct graph_error *x)
{
    const char *const texts[] = {x->message, x->type, x->user_title};
    for (size_t i = 0; i < COUNT(texts); i++)
        if (texts[i] && strstr(texts[i], "LIVE_VIDEO__NOT_EXIST"))
            return true;
    return false;
}

const struct graph_fault *graph_fault_of(const struct graph_error *x, int status)
{
    if (names_gone(x))
        return &gone;
    for (size_t i = 0; i < COUNT(faults); i++)
        if (x->code >= faults[i].first && x->code <= faults[i].last &&
            (faults[i].subcode == 0 || faults[i].subcode == x->subcode))
            return &faults[i];
    if (x->transient)
        return &passing;
    for (size_t i = 0; i < COUNT(statuses); i++)
        if (status >= statuses[i].first && status <= statuses[i].last)
            return &statuses[i].fault;
    return &unknown;
}

static void add_plain(struct str *out, const char *text)
{
    struct str clean;
    str_init(&clean, out->max);
    str_add_utf8(&clean, text);
    for (size_t i = 0; i < clean.len; i++)
        if ((unsigned char)clean.p[i] < 0x20 || clean.p[i] == 0x7f)
            clean.p[i] = ' ';
    str_addn(out, clean.p, clean.len);
    str_done(&clean);
}

void graph_fault_say(struct str *out, const struct graph_fault *f, const struct graph_error *x,
                     int status)
{
    str_add(out, f->text);
    const char *said = x->user_msg ? x->user_msg : x->message;
    if (said) {
        str_add(out, "; Facebook says: ");
        if (x->user_msg && x->user_title) {
            add_plain(out, x->user_title);
            str_add(out, ": ");
        }
        add_plain(out, said);
    }
    str_add(out, " (");
    if (x->code != 0)
        str_addf(out, "code %lld", (long long)x->code);
    else
        str_addf(out, "HTTP %d", status);
    if (x->subcode != 0)
        str_addf(out, ", subcode %lld", (long long)x->subcode);
    if (x->trace) {
        str_add(out, ", fbtrace_id ");
        add_plain(out, x->trace);
    }
    str_addc(out, ')');
}
