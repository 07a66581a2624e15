// SPDX-License-Identifier: GPL-3.0-or-later
// art: the cover of an episode, or of the show.
//
// settings: {"show_title", "title", "theme", "goals": [{number, title, color, text_color}], "language"}.
//           Only show_title is required; without title it is the show's own cover.
// in:       {"cover": path} where the producer named one (settings may then be {}); else nothing.
//           A named cover is JPEG or PNG, RGB, square, 1400 to 3000 pixels, or ERR_INPUT says what is wrong.
// makes:    cover.png (drawn: 3000 × 3000) or cover.<jpg|png> (named, by what it is, not by its name)
//           cover-small.<png|jpg> (PNG: 1400 × 1400; a named JPEG: the same bytes): to embed in audio files
// measured: {"cover": "cover.png", "small": "cover-small.png", "width": 3000}
#include "stage/stage.h"
