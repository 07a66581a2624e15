// SPDX-License-Identifier: GPL-3.0-or-later
#include "stage/spoken.h"

#include "base/str.h"
#include "sound/speech.h"

#include <math.h>

enum { PAUSE = 2000 / METER_BLOCK_MS }; // blocks; shorter ones are part of talking

static double seconds(size_t block)
{
    return (double)block * METER_BLOCK_MS / 1000;
}

static size_t block_of(const struct json *turn, const char *key, size_t most)
{
    size_t b = (size_t)lround(json_number(turn, key, 0) * 1000 / METER_BLOCK_MS);
    return b < most ? b : most;
}

static void push(struct json *list, const struct json *turn, size_t from, size_t to, bool one)
{
    bool music = str_same(json_text(turn, "voice"), "music");
    struct json *o = json_new_object();
    json_put_real(o, "from_s", seconds(from));
    json_put_real(o, "to_s", seconds(to));
    if (one && !music)
        json_put_int(o, "voice", 1);
    else
        json_put(o, "voice", json_keep(json_get(turn, "voice")));
    json_put(o, "was", json_keep(json_get(turn, "voice")));
    json_push(list, o);
}

static void add_heard(struct json *list, const struct speech *s, const struct json *turn, bool one)
{
    size_t to = block_of(turn, "to_s", s->n), from = to, last = 0;
    for (size_t i = block_of(turn, "from_s", s->n); i < to; i++) {
        if (!s->active[i])
            continue;
        if (from < to && i - last > PAUSE) {
            push(list, turn, from, last + 1, one);
            from = to;
        }
        from = from < to ? from : i;
        last = i;
    }
    if (from < to)
        push(list, turn, from, last + 1, one);
}

struct json *spoken_turns(const struct blocks *b, const struct json *turns, bool one)
{
    struct json *list = json_new_array();
    struct speech s;
    speech_find(b, &s);
    for (size_t i = 0; i < json_count(turns); i++)
        add_heard(list, &s, json_at(turns, i), one);
    speech_done(&s);
    return list;
}
