// SPDX-License-Identifier: GPL-3.0-or-later
// page: an episode's page, for public/episodes/<slug>/index.html.
//
// settings: {"show": {title, site, license, cover}, "episode": EPISODE}; EPISODE as in doc/facts.h.
// in:       {"stylesheet": [page.xsl, layout.xsl], "strings": strings.<language>.json,
//            "transcripts": [<language>.json as the captions stage made them]}; transcripts may be missing
// makes:    index.html
#include "stage/stage.h"
