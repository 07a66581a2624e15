// SPDX-License-Identifier: GPL-3.0-or-later
// live: in episode.yaml: when the broadcast of an episode is planned.
#include "model/parts.h"

#define B(field) offsetof(struct planned, field)

enum { LONGEST_S = 86400 };

static const char *const statuses[] = {"confirmed", "tentative", "cancelled", NULL};

static const struct key planned_keys[] = {
    {"start", KEY_DATE, B(start_utc_s), true, 0, 0, NULL,
     "when it begins: from now on apps announce it, and the feed says live and ended as the "
     "broadcast really is; for example 2026-12-10T10:00:00+01:00"},
    {"end", KEY_DATE, B(end_utc_s), false, 0, 0, NULL,
     "when it ends; an hour later the feed says ended, whatever is running; default: not said, and "
     "the hours of live: in show.yaml count; for example 2026-12-10T11:00:00+01:00"},
    {"watch", KEY_URL, B(watch), false, 0, 0, NULL,
     "a page where it is seen or heard in a browser; default: the Facebook page it goes to, else "
     "the show's site; for example https://example.org/direkte"},
    {"status", KEY_CHOICE, B(status), false, 0, 0, statuses,
     "how sure it is, as calendars show it; cancelled: apps no longer announce it, and calendars "
     "strike it out; default confirmed"},
};
const struct key_table planned_table = {"live", planned_keys, COUNT(planned_keys)};

int parts_planned(const struct parts *p, const struct node *n)
{
    struct planned b = {0};
    if (!n)
        return 0;
    int r = keys_read(p->a, n, planned_keys, COUNT(planned_keys), "live", &b, p->e);
    if (r < 0)
        return r;
    const struct node *end = node_of(n, "end");
    if (end && b.end_utc_s <= b.start_utc_s)
        return node_error(end, p->e, "write the later time here",
                          "the broadcast ends before it begins");
    if (end && b.end_utc_s - b.start_utc_s > LONGEST_S)
        return node_error(end, p->e, "check the day", "the broadcast takes longer than a day");
    if (!b.status)
        b.status = statuses[0];
    p->ep->planned = b;
    return 0;
}
