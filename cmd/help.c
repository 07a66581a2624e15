// SPDX-License-Identifier: GPL-3.0-or-later
#include "help.h"

#include "cmd.h"

#include <stdio.h>

static void print_opts(const struct opt *table)
{
    for (; table && table->name; table++) {
        char left[64];
        char letter[3] = {'-', table->letter, 0};
        snprintf(left, sizeof left, "%s%s%s%s%s%s", table->letter ? letter : "",
                 table->letter && *table->name ? ", " : "", *table->name ? "--" : "", table->name,
                 table->value ? " " : "", table->value ? table->value : "");
        printf("  %-20s %s\n", left, table->help);
    }
}

void help_all(void)
{
    puts("dgl-episode - from the recorded conversation to a published episode\n\n"
         "usage: dgl-episode [-C DIR] [--json] [-q|-v] COMMAND …\n");
    for (const struct command *c = commands; c->name; c++)
        printf("  %-10s %s\n", c->name, c->summary);
    puts("\noptions of every command:");
    print_opts(global_opts);
    puts("\na first episode:\n"
         "  dgl-episode init my-show\n"
         "  cd my-show\n"
         "  dgl-episode new 2026-02 --guest \"Kari Nordmann\" --municipality Meløy\n"
         "  dgl-episode publish 2026-02 recording.wav\n"
         "  dgl-episode serve\n\n"
         "exit codes: 0 done, 1 a stage failed, 2 wrong usage, 3 input refused and nothing "
         "changed,\n"
         "4 a remote end failed, 130 interrupted. All of it: man dgl-episode");
}

void help_command(const struct command *c)
{
    printf("usage: dgl-episode %s %s\n\n%s\n", c->name, c->words, c->summary);
    if (c->more)
        printf("\n%s\n", c->more);
    if (c->opts && c->opts->name)
        puts("\noptions:");
    print_opts(c->opts);
    puts("\noptions of every command:");
    print_opts(global_opts);
}
