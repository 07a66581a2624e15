// SPDX-License-Identifier: GPL-3.0-or-later
// site: the show's front page, the page for addresses that are not there, and the style sheet.
//
// settings: {"show": SHOW as in doc/facts.h,
//            "episodes": [{slug, title, summary, language, published_utc_s, length_ticks, number, season,
//                          cover, theme, goals, guests}]}, newest first; keys as in EPISODE of doc/facts.h,
//           all but slug, title and published_utc_s may be missing.
// in:       {"stylesheet": [index.xsl, layout.xsl], "missing": [missing.xsl, layout.xsl],
//            "strings": strings.<language>.json, "style": style.css}
// makes:    index.html, 404.html, style.css
#include "stage/stage.h"
