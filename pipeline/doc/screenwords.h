// SPDX-License-Identifier: GPL-3.0-or-later
// The program's own words on the screen.
#pragma once

struct screenwords {
    const char *language; // "nb"
    const char *host, *guest, *thanks, *hear, *license, *back;
};
const struct screenwords *screenwords_in(const char *language); // nn, en, else nb; NULL: nb
