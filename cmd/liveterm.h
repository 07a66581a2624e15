// SPDX-License-Identifier: GPL-3.0-or-later
// The full-screen view of a broadcast: on standard error, on the terminal's other screen, redrawn
// in place. Its keys are read from the terminal.
#pragma once
#include "liveview.h"

struct view;
struct view *view_new(void);            // NULL: standard error is no terminal that can do it
void view_free(struct view *v);         // the former screen comes back; NULL is fine
int view_keys_fd(const struct view *v); // to wait for; -1: there are none
void view_draw(struct view *v,
               const struct view_facts *f); // left out while it cannot be written to

enum view_wish { VIEW_NOTHING, VIEW_MARK, VIEW_TITLE, VIEW_END };
// After keys were pressed. VIEW_MARK and VIEW_TITLE: *ret_text is what was typed, valid until the
// next call.
enum view_wish view_take_keys(struct view *v, const char **ret_text);
