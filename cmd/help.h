// SPDX-License-Identifier: GPL-3.0-or-later
// Help on the terminal, from the tables of commands and options.
#pragma once
struct command;
void help_all(void);
void help_command(const struct command *c);
