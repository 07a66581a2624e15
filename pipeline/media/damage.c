// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/damage.h"
#include "base/str.h"
#include <stdio.h>
#include <string.h>

enum { START_ERRORS = 3, MIDDLE_ERRORS = 3 };

static const tick near = TICKS_PER_SEC;
static const tick tail_length = TICKS_PER_SEC / 4;
static const tick start_lost = TICKS_PER_SEC / 5, middle_lost = TICKS_PER_SEC / 10;

void damage_note(struct source_facts *f, const struct source_fault *fault)
{
    struct source_fault *last = f->num_faults ? &f->faults[f->num_faults - 1] : NULL;

    f->decode_errors += fault->count;
    f->lost += fault->count ? fault->lost : 0;
    if (last && last->count && fault->count && fault->at - (last->at + last->span) < near) {
        last->span = fault->at + fault->lost - last->at;
        last->lost += fault->lost;
        last->count += fault->count;
        return;
    }
    if (f->num_faults == SOURCE_FAULTS)
        return;
    f->faults[f->num_faults] = *fault;
    f->faults[f->num_faults++].span = fault->lost;
}

// 03:10, and 01:03:10 from an hour on: as a player shows it.
static void add_time(struct str *s, tick t, tick longest)
{
    char text[TICK_TEXT];

    tick_text(t, text);
    str_add(s, longest < 3600 * TICKS_PER_SEC && strncmp(text, "00:", 3) == 0 ? text + 3 : text);
}

static void add_part(struct str *s)
{
    if (s->len)
        str_add(s, "; ");
}

// first NULL: it found no place in the list.
static void add_errors(struct str *s, int64_t count, const struct source_fault *first, tick lost)
{
    add_part(s);
    str_addf(s, "%lld decode error%s", (long long)count, count == 1 ? "" : "s");
    if (first) {
        str_add(s, " from ");
        add_time(s, first->at, first->at);
    }
    if (lost >= TICKS_PER_SEC / 100) {
        str_add(s, ", ");
        str_add_real(s, tick_to_s(lost), 2);
        str_add(s, " s of sound lost");
    }
    if (first && first->text[0])
        str_addf(s, " (%s)", first->text);
}

static void add_junk(struct str *s, const struct source_fault *edge)
{
    add_part(s);
    str_add(s, "what follows the last sound, at ");
    add_time(s, edge->at, edge->at);
    str_add(s, ", is left out");
    if (edge->text[0])
        str_addf(s, " (%s)", edge->text);
}

static void add_end(struct str *s, const struct source_facts *f)
{
    add_part(s);
    str_add(s, "ends at ");
    add_time(s, f->length, f->claimed != TICK_NONE ? f->claimed : f->length);
    if (f->truncated) {
        str_add(s, " of ");
        add_time(s, f->claimed, f->claimed);
    } else {
        str_add(s, ", in the middle of its last piece");
    }
}

bool source_damage(const struct source_facts *f, char ret[SOURCE_DAMAGE_TEXT])
{
    const struct source_fault *middle = NULL, *edge = NULL;
    int64_t errors = f->decode_errors;
    tick lost, edge_lost = 0;
    struct str s;
    bool bad;

    for (int i = 0; i < f->num_faults; i++) {
        const struct source_fault *x = &f->faults[i];
        bool start = x->at == 0 && x->count <= START_ERRORS && x->lost <= start_lost;
        bool tail = x->at >= f->length - tail_length && !f->truncated && !f->incomplete;
        if (!x->count)
            continue;
        if (f->frames && (start || tail)) {
            errors -= x->count;
            edge = edge ? edge : x;
            edge_lost += x->lost;
        } else {
            middle = middle ? middle : x;
        }
    }
    lost = f->lost - edge_lost;
    bad =
        f->truncated || f->incomplete || !f->frames || lost > middle_lost || errors > MIDDLE_ERRORS;
    str_init(&s, SOURCE_DAMAGE_TEXT - 1);
    if (!f->frames)
        str_addf(&s, "nothing of its sound (%s) can be decoded", f->codec);
    if (errors)
        add_errors(&s, errors, middle, lost);
    if (f->truncated || f->incomplete)
        add_end(&s, f);
    if (!bad && edge && edge->at > 0)
        add_junk(&s, edge);
    else if (!bad && edge)
        add_errors(&s, f->decode_errors - errors, edge, edge_lost);
    snprintf(ret, SOURCE_DAMAGE_TEXT, "%s", s.p ? s.p : "");
    str_done(&s);
    return bad;
}
