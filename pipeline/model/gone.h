// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses of an episode that was taken down, as web servers are told that they answer 410 Gone.
#pragma once
#include "base/str.h"

// In a folder below public/ it says, to Apache and to `serve`, that everything there is gone. Each
// folder has its own: where a host forbids such files only these addresses suffer, not the site.
extern const char gone_file[]; // ".htaccess"
// site: the show's address. The page that stays is episodes/<slug>/index.html there.
void gone_htaccess(struct str *out, const char *site, const char *slug);
bool gone_is_ours(const char *text); // written by gone_htaccess, and no other's
// Locations for the server { } of nginx, where its root holds the site's path.
void gone_nginx(struct str *out, const char *site, const char *slug);
