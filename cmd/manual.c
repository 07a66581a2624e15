// SPDX-License-Identifier: GPL-3.0-or-later
// The manual page, from the same tables that parse options and files.
#include "base/str.h"
#include "cmd.h"
#include "model/episode.h"

#include <stdio.h>

static void say(const char *text)
{
    bool line_start = true;
    for (const char *c = text; *c; c++) {
        if (line_start && (*c == '.' || *c == '\''))
            fputs("\\&", stdout);
        if (*c == '\\')
            fputs("\\e", stdout);
        else if (*c == '-')
            fputs("\\-", stdout);
        else
            putchar(*c);
        line_start = *c == '\n';
    }
}

static void head(const char *title)
{
    printf(".SH %s\n", title);
}

static void term(const char *name, const char *text)
{
    fputs(".TP\n.B ", stdout);
    say(name);
    putchar('\n');
    say(text);
    putchar('\n');
}

static void options(const struct opt *table)
{
    for (; table && table->name; table++) {
        printf(".TP\n");
        char letter[3] = {'-', table->letter, 0};
        fputs(".B ", stdout);
        say(table->letter ? letter : "");
        say(table->letter && *table->name ? ", " : "");
        say(*table->name ? "--" : "");
        say(table->name);
        if (table->value)
            printf(" \\fI%s\\fR", table->value);
        putchar('\n');
        say(table->help);
        putchar('\n');
    }
}

static void command(const struct command *c)
{
    fputs(".SS ", stdout);
    say(c->name);
    putchar(' ');
    say(c->words);
    putchar('\n');
    say(c->summary);
    putchar('\n');
    if (c->more) {
        puts(".PP");
        say(c->more);
        putchar('\n');
    }
    options(c->opts);
}

static const char *type_words(const struct key *k)
{
    static const char *const words[] = {
        [KEY_TEXT] = "text",
        [KEY_PROSE] = "text, also of several lines",
        [KEY_INT] = "whole number",
        [KEY_REAL] = "number",
        [KEY_SHARE] = "per cent or off",
        [KEY_BOOL] = "true or false",
        [KEY_TIME] = "time, \"00:03:10.5\"",
        [KEY_DATE] = "date and time with zone",
        [KEY_DAY] = "day, 2026-02-03",
        [KEY_MONTH] = "month, 2026-02",
        [KEY_CHOICE] = "one of",
        [KEY_URL] = "address",
        [KEY_FILE] = "file",
        [KEY_TEXTS] = "text or list of texts",
        [KEY_NODE] = "map or list",
        [KEY_LATER] = "not supported yet",
    };
    return words[k->type];
}

static void keys(const char *title, const struct key *table, size_t n)
{
    fputs(".SS ", stdout);
    say(title);
    putchar('\n');
    for (size_t i = 0; i < n; i++) {
        const struct key *k = &table[i];
        fputs(".TP\n.B ", stdout);
        say(k->name);
        printf("\n(");
        say(type_words(k));
        for (size_t c = 0; k->choices && k->choices[c]; c++) {
            fputs(c ? ", " : " ", stdout);
            say(k->choices[c]);
        }
        puts(k->required ? "; required)" : ")");
        say(k->help ? k->help : "");
        putchar('\n');
    }
}

static void key_tables(const char *prefix, const struct key_table *tables, size_t n)
{
    struct arena a = {0};
    for (size_t i = 0; i < n; i++)
        keys(arena_printf(&a, "%s%s", prefix, tables[i].name), tables[i].keys, tables[i].count);
    arena_done(&a);
}

static void files_section(void)
{
    head("FILES PEOPLE EDIT");
    say("YAML, UTF-8. Unknown keys, wrong types and files that are not there are refused with "
        "file, line and column.\n"
        "All times count from the start of the first recording unless the list says clock: "
        "published.\n"
        "A file that is named lies in the show, and is no link that leads out of it; a recording "
        "may lie anywhere.\n"
        "Control characters are refused, as escapes too. Marks that turn the direction of writing "
        "(Unicode's bidi controls, in Arabic names for example) go into feeds and files as they "
        "are; on pages they end with their text, and the terminal leaves them out.\n");
    keys("episodes/show.yaml", show_keys, num_show_keys);
    key_tables("show.yaml: ", show_tables, num_show_tables);
    key_tables("show.yaml: ", feeding_tables, num_feeding_tables);
    key_tables("show.yaml: ", delivery_tables, num_delivery_tables);
    key_tables("show.yaml: ", site_tables, num_site_tables);
    key_tables("show.yaml: ", live_tables, num_live_tables);
    key_tables("show.yaml: ", &live_endpoint_table, 1);
    key_tables("show.yaml: ", &live_source_table, 1);
    keys("episodes/*/episode.yaml", episode_keys, num_episode_keys);
    key_tables("episode.yaml: ", episode_tables, num_episode_tables);
    key_tables("episode.yaml: ", piece_tables, num_piece_tables);
    key_tables("episode.yaml: ", credit_tables, num_credit_tables);
    key_tables("episode.yaml: ", kit_tables, num_kit_tables);
    key_tables("episode.yaml: ", &planned_table, 1);
    key_tables("episode.yaml: ", &waiver_table, 1);
    key_tables("calendar.yaml: ", calendar_tables, num_calendar_tables);
    key_tables("presets: ", preset_tables, num_preset_tables);
    key_tables("presets: ", picture_preset_tables, num_picture_preset_tables);
    head("SECRETS");
    say("A broadcast's passwords, stream keys and tokens stand in a file outside the show, which "
        "only its owner may read (chmod 600), as lines \"name = value\"; '#' begins a comment. "
        "show.yaml names the file (secrets:) and each endpoint and source its line (secret:). "
        "Instead, or for some of them, --secrets-fd N reads such lines from an open descriptor, "
        "and "
        "systemd's LoadCredential= gives a file a name; the first of descriptor, credentials and "
        "file that has a name counts. A secret is never taken from options or variables, and never "
        "shown or written: [secret] stands in its place.\n");
}

static void written_section(void)
{
    head("FILES THE PROGRAM WRITES");
    term("episodes/*/published.json",
         "The memory of what is public, and of all that was ever delivered: keep it with the "
         "show, in git. A clone of the show without any media rebuilds the same feed from it, and "
         "takes an episode down everywhere. Of one that was retracted it says who did it, when "
         "and why, and which files were public.");
    term("episodes/feeds.json",
         "The feeds by theme, goal, municipality and season that were ever made, with their guids: "
         "keep it in git too.");
    term("episodes/show.state.json",
         "What was ticked with status --done, and when a broadcast was last changed, which "
         "calendar.ics says; keep it with the show.");
    term("originals/",
         "Every recording, untouched, named by its SHA-256; written once, read-only.");
    term("public/", "What a web server serves.");
    term(
        "public/kit/EPISODE/, public/kit/tema-THEME.*",
        "Material for municipalities, where kit: is written: a page, a ZIP of everything, and each "
        "of its parts; of a theme a ZIP and an overview of what municipalities need and offer.");
    term("reports/EPISODE/",
         "report.html and report.json: how the episode sounds, before and after, who spoke, what "
         "was "
         "cut, and what every delivered file is. Not public. preview/ holds the last excerpt of "
         "normalize --preview.");
    term("reports/nginx-410.conf",
         "Where an episode was retracted: lines for the server { } of nginx, whose root holds the "
         "site's path, that answer its addresses with 410 and the page that says so. Apache reads "
         "the same from .htaccess in public/episodes/EPISODE/, media/EPISODE/ and kit/EPISODE/, "
         "where AllowOverride FileInfo is set.");
    term("episodes/*/chapters.live.yaml",
         "Chapters that were marked during a broadcast, by the clock of what was received. Where "
         "episode.yaml has no chapters publish takes them; chapters: [] there is without.");
    term(".dgl/live/EPISODE/TIME/",
         "A broadcast: received.* as it came in, which is what to publish, aired.* as it went out, "
         "report.json, relay.log. clean does not touch it. state.json beside it is what live "
         "--resume goes on from.");
    term(".dgl/", "Results that can be made again, the lock, remembered hashes.");
}

static void end_sections(void)
{
    head("ENVIRONMENT");
    term("NO_COLOR", "no colours on the terminal");
    term("XDG_RUNTIME_DIR",
         "where the socket of a broadcast lies; without it /tmp/dgl-episode-UID/");
    term("CREDENTIALS_DIRECTORY", "secrets as systemd hands them over; see SECRETS");
    term("DGL_NOW", "the time to take for now, ISO 8601, for tests");
    head("EXIT STATUS");
    term("0", "done, warnings included");
    term("1", "a stage failed, a full disk too");
    term("2", "wrong usage");
    term("3", "input refused, nothing changed; check: there are errors");
    term("4", "a remote end failed, the rest is done and safe");
    term("130", "interrupted, nothing half-done");
    head("LICENSE");
    say("GPL-3.0-or-later\n");
}

int cmd_manual(const struct env *env, const struct args *args, struct err *e)
{
    (void)env;
    (void)args;
    (void)e;
    puts(".TH DGL\\-EPISODE 1 \"\" \"dgl\\-episode " DGL_VERSION "\" \"User Commands\"");
    head("NAME");
    puts("dgl\\-episode \\- from the recorded conversation to a published episode");
    head("SYNOPSIS");
    puts(".B dgl\\-episode\n[\\fB\\-C\\fR \\fIDIR\\fR] [\\fB\\-\\-json\\fR] "
         "[\\fB\\-q\\fR|\\fB\\-v\\fR] \\fICOMMAND\\fR ...");
    head("DESCRIPTION");
    say("Takes the recording of a conversation, normalizes it to a loudness preset, encodes and "
        "measures what comes out,\n"
        "tags it with theme and goals, and puts feed, pages and media into public/, which any web "
        "server can serve.\n"
        "What has not changed is not made again; a run that is stopped at any moment leaves "
        "nothing half-done.\n");
    head("COMMANDS");
    for (const struct command *c = commands; c->name; c++)
        command(c);
    head("OPTIONS OF EVERY COMMAND");
    options(global_opts);
    files_section();
    written_section();
    end_sections();
    return 0;
}
