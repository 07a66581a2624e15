// SPDX-License-Identifier: GPL-3.0-or-later
// calendar: broadcasts and themes of the months, for calendars to subscribe to.
//
// settings: {"title", "summary", "site", "broadcasts": [BROADCAST …], "months": [MONTH …]}
//           BROADCAST: {"uid", "title", "summary", "start_utc_s", "seconds", "url", "location",
//           "status": "confirmed"|"tentative"|"cancelled", "sequence": how often it was changed,
//           "stamp": when, ISO 8601}
//           MONTH: {"uid", "month": "2026-02", "theme", "note", "goals": [{"number", "title"}]}
// in:       {"strings": strings.<language>.json of presets/site/}
// makes:    calendar.ics
#include "doc/agenda.h"
#include "stage/texts.h"

static int run(struct stage_job *job, struct err *e)
{
    struct json *strings = NULL;
    struct str text;
    str_init(&text, STR_MAX);
    int r = stage_load(job->in, "strings", &strings, e);
    if (r >= 0)
        r = agenda_write(&text, job->settings, strings, e);
    if (r >= 0)
        r = texts_save(job, "calendar.ics", &text, e);
    str_done(&text);
    json_free(strings);
    return r;
}

const struct stage stage_calendar = {"calendar", run};
