// SPDX-License-Identifier: GPL-3.0-or-later
// The outlet to a mount of an Icecast server: MP3, AAC, Opus or Vorbis, as the feed has it; its
// titles and listeners. Opus gets its title once a connection: players stop at a new chain.
#pragma once
#include "live/endpoint.h"

struct to_icecast_params {                         // copied
    const char *url;                               // as icecast_server_parse takes it
    const char *user, *password, *ca_file;         // as struct icecast_server has them
    const char *name, *description, *genre, *site; // NULL: not said
    bool listed;                                   // in public directories of stations
    const char *title;                             // the first one; NULL: name
};
// ERR_INPUT: the address is none.
int to_icecast_new(const struct to_icecast_params *p, void **ret_ctx, struct err *e);
extern const struct outlet to_icecast; // ctx: to_icecast_new's

// Any thread, at once: goes out now and after each connect.
void to_icecast_title(void *ctx, const char *title);
// Any thread: as the server said some seconds ago; -1: not known.
int to_icecast_listeners(void *ctx);
