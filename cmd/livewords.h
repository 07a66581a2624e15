// SPDX-License-Identifier: GPL-3.0-or-later
// The program's own words on the air.
#pragma once

struct livewords {
    const char *language; // "nb"
    const char *theme, *goals;
};
const struct livewords *livewords_in(const char *language); // nn, en, else nb; NULL: nb
