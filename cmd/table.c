// SPDX-License-Identifier: GPL-3.0-or-later
// Every command: a row here, a file beside.
#include "cmd.h"

#include <stdint.h>

static const struct opt init_opts[] = {
    {"title", 0, "TEXT", "the show's title"},
    {"site", 0, "URL", "where public/ will be served, e.g. https://example.org/detgodeliv/"},
    {"author", 0, "TEXT", "who is behind the show, e.g. Nordland fylkeskommune"},
    {"owner", 0, "MAIL", "\"Name <mail@example.org>\": whom directories write to"},
    {"summary", 0, "TEXT", "what the show is about, one or two sentences"},
    {NULL, 0, NULL, NULL},
};
static const struct opt new_opts[] = {
    {"guest", 0, "NAME", "the guest"},
    {"municipality", 0, "NAME", "the guest's municipality, by name or number"},
    {"title", 0, "TEXT", "the episode's title"},
    {NULL, 0, NULL, NULL},
};
static const struct opt publish_opts[] = {
    {"until", 0, "STAGE", "stop behind this stage; nothing becomes public"},
    {"dry-run", 'n', NULL, "say what would be done and why, and do nothing"},
    {"all", 0, NULL, "every episode"},
    {"remake", 0, NULL, "make everything again, also what is unchanged"},
    {"deliver", 0, NULL, "then deliver; always with deliver: {automatic: true} in show.yaml"},
    {"replace", 0, NULL, "RECORDING takes the place of the one that episode.yaml names"},
    {NULL, 0, NULL, NULL},
};
static const struct opt stage_opts[] = {
    {"remake", 0, NULL, "make it again, also when unchanged"},
    {NULL, 0, NULL, NULL},
};
static const struct opt feed_opts[] = {
    {"only", 0, NULL, "the feeds alone; the show's pages stay as they are"},
    {NULL, 0, NULL, NULL},
};
static const struct opt normalize_opts[] = {
    {"remake", 0, NULL, "make it again, also when unchanged"},
    {"preview", 0, "START+LENGTH", "only an excerpt, as recorded and as it will be: 00:10:00+30"},
    {NULL, 0, NULL, NULL},
};
static const struct opt measure_opts[] = {
    {"plot", 0, "OUT.svg", "draw loudness and peaks over time into this picture; of one file"},
    {"preset", 0, "NAME", "the loudness preset whose target is drawn (default podcast)"},
    {NULL, 0, NULL, NULL},
};
static const struct opt serve_opts[] = {
    {"port", 'p', "N", "port on 127.0.0.1 (default 8080; 0: any free one)"},
    {"as-is", 0, NULL, "leave the show's public address in feeds and pages"},
    {NULL, 0, NULL, NULL},
};
static const struct opt status_opts[] = {
    {"done", 0, "NAME", "tick what status lists as to do after the first delivery"},
    {NULL, 0, NULL, NULL},
};
static const struct opt deliver_opts[] = {
    {"dry-run", 'n', NULL, "list what would go where, and do nothing"},
    {"target", 0, "NAME", "this one of the targets in show.yaml alone"},
    {"verify", 0, NULL, "look at every file there, whatever is remembered; send what is wrong"},
    {"no-check", 0, NULL, "do not ask for the public feed and its files afterwards"},
    {"secrets-fd", 0, "N", "read secrets from this inherited descriptor: lines name = value"},
    {NULL, 0, NULL, NULL},
};
static const struct opt check_opts[] = {
    {"timeout", 0, "S",
     "of an address: give up a request after this many seconds, at most 600 (default 30)"},
    {NULL, 0, NULL, NULL},
};
static const struct opt clean_opts[] = {
    {"dry-run", 'n', NULL, "only say what would be given back"},
    {NULL, 0, NULL, NULL},
};

static const struct opt export_opts[] = {
    {"to", 0, "DIR", "the folder it is written to (default exports/ of the show)"},
    {"dry-run", 'n', NULL, "list what would go in, with sizes, and write nothing"},
    {"without-master", 0, NULL, "also when the lossless master is not there any more"},
    {NULL, 0, NULL, NULL},
};
static const struct opt retract_opts[] = {
    {"reason", 0, "TEXT", "why; kept in published.json, and never public"},
    {"by", 0, "NAME", "who decided it (default: who is logged in)"},
    {"originals", 0, NULL, "the recordings in originals/ and of its broadcasts go, too: for ever"},
    {"undo", 0, NULL, "let publish take it again, as the same entry for who subscribes"},
    {"yes", 0, NULL, "do not ask"},
    {"dry-run", 'n', NULL, "say what would go and what would stay, and do nothing"},
    {NULL, 0, NULL, NULL},
};

#define MANY ((size_t)SIZE_MAX)
static const char one_stage[] =
    "Makes this stage of one episode, and what it needs before it, when something changed.\n"
    "Nothing becomes public: that is publish.";

static const char live_words[] =
    "Where it goes to stands in show.yaml under live: endpoints. Each endpoint has a queue of its "
    "own and is\n"
    "connected again for as long as the broadcast lasts; none can hurt another, nor the recording. "
    "While the source is\n"
    "away a slate goes out. On a terminal the first Ctrl-C asks, the second ends in order; the "
    "broadcast goes on when\n"
    "the terminal is closed. From another terminal: mark sets a chapter, title changes what "
    "players show, stop ends\n"
    "it, status says how it goes.\n"
    "Secrets come from show.yaml's secrets file, --secrets-fd or systemd's credentials, never from "
    "options or\n"
    "variables. When it becomes live and when it ends `dgl-episode feed` runs by itself, so that "
    "the "
    "feed says so\n"
    "(podcast:liveItem); live: in episode.yaml announces it before. Afterwards the recording is "
    "published like any other.";

static const char deliver_words[] =
    "Sends what changed, media first, then pages, then the feed, and looks at each file "
    "there: size, type, and hash\n"
    "where the target knows it. First everything published is checked (exit code 3, nothing "
    "sent), and the feed that\n"
    "is public is fetched: one that names an episode which yours lacks, and nobody retracted, "
    "stops it. What breaks\n"
    "off is tried again, and goes on where it was, now or at the next run; what fails in the "
    "end is exit code 4, and\n"
    "listeners still have the old feed with all its files: run it again. Files that are not "
    "in public/ any more go\n"
    "last; those of former versions stay 90 days. What lies where is remembered in "
    ".dgl/delivered/; --verify looks\n"
    "for itself, and so does a run that finds another feed there than this machine brought "
    "last. Then WebSub hubs\n"
    "(websub:), podping and webhooks are told, once all targets have the feed; who does not "
    "hear it is told by the\n"
    "next run. At last the public feed is looked at as check URL does.\n"
    "How a file gets into its place. s3: one object at once, atomic; above part_mib in parts, "
    "which "
    "appear when all are\n"
    "there, and after a break only missing ones are sent. sftp: beside it, then renamed over it, "
    "atomic with OpenSSH\n"
    "(elsewhere the old one is removed first); goes on at the byte. webdav: beside it, then MOVE, "
    "atomic where the server\n"
    "renames, as nginx and Apache do on one disk; what breaks off is sent again whole; the folder "
    "that url names must be\n"
    "there, and the server chooses types by names. ftps: beside it, then renamed over it, atomic "
    "where the server\n"
    "replaces, as proftpd does (elsewhere the old one is deleted first); goes on at the byte; port "
    "21 with TLS asked\n"
    "for, 990 with TLS from the first byte; ftps://host//srv/www/ counts from the server's root. "
    "folder: beside it, then\n"
    "renamed over it, atomic; goes on at the byte; it must be there.";

const struct command commands[] = {
    {"init", cmd_init, "DIR [--title … --site … --author … --owner … --summary …]", 1, 1, init_opts,
     "make a new show in a folder",
     "Asks five questions on a terminal, or takes the answers as options, and writes a show that\n"
     "publishes as it stands: episodes/show.yaml and an example calendar to be edited."},
    {"new", cmd_new, "YYYY-MM [--guest NAME] [--municipality NAME] [--title TEXT]", 1, 1, new_opts,
     "make an episode's folder, theme and goals from the calendar",
     "Writes episodes/YYYY-MM-theme/episode.yaml and notes.md. Then edit them, and publish."},
    {"publish", cmd_publish, "EPISODE [RECORDING…] | --all", 0, MANY, publish_opts,
     "make everything that is stale and put it into public/",
     "EPISODE is a folder below episodes/, any unambiguous beginning of its name, or a path. The "
     "recording is\n"
     "kept untouched in originals/ and need not be named again. What has not changed is not made "
     "again; public/\n"
     "gets the media first, then the pages, then the feed. Listen first (serve), then deliver. At "
     "the end a report\n"
     "of the sound is written for those who make the episode, beside public/ and never in it."},
    {"ingest", cmd_stage, "EPISODE", 1, 1, stage_opts, "verify the recording and keep the original",
     one_stage},
    {"normalize", cmd_stage, "EPISODE [--preview START+LENGTH]", 1, 1, normalize_opts,
     "loudness and peaks: a lossless master",
     "Makes this stage of one episode, and what it needs before it, when something changed.\n"
     "Nothing becomes public: that is publish.\n"
     "--preview 00:10:00+30 writes 30 seconds from the recording's tenth minute on, as recorded "
     "and as they will\n"
     "be published, as before.wav and after.wav into reports/EPISODE/preview/, in seconds."},
    {"encode", cmd_stage, "EPISODE", 1, 1, stage_opts, "delivery files, measured after decoding",
     one_stage},
    {"tag", cmd_stage, "EPISODE", 1, 1, stage_opts,
     "titles, theme, goals, chapters and cover into the files", one_stage},
    {"page", cmd_stage, "EPISODE", 1, 1, stage_opts, "the episode's page", one_stage},
    {"feed", cmd_feed, "", 0, 0, feed_opts, "the show's feeds, from what is published", NULL},
    {"site", cmd_feed, "", 0, 0, NULL,
     "the show's pages, feed and calendar, from what is published", NULL},
    {"deliver", cmd_deliver, "[--target NAME] [--dry-run] [--verify]", 0, 0, deliver_opts,
     "upload public/ to the targets in show.yaml, and tell others", deliver_words},
    {"measure", cmd_measure, "[--plot OUT.svg] FILE…", 1, MANY, measure_opts,
     "loudness, peaks and faults of any media files",
     "Loudness after ITU-R BS.1770-5 and EBU R 128: integrated (LUFS), range (LU), largest "
     "momentary and\n"
     "short-term loudness, true peak (dBTP)."},
    {"check", cmd_check, "[EPISODE | FEED | FILE | URL]", 0, 1, check_opts,
     "everything that would make a directory, a listener or the law complain",
     "Without a word: the whole show and its feed. Exit code 3 when there are errors. A file of "
     "captions is judged\n"
     "as it stands, those of an episode as they will be published.\n"
     "An episode is held to the law: captions that a person has read, how its picture is "
     "described, "
     "consent of its\n"
     "guests, licence, theme, goals, host. What is missing is an error once there is a recording, "
     "until it is there or\n"
     "waivers: in episode.yaml says why not; the reason stands on the page.\n"
     "The address of a feed, anybody's: the feed, and how sound, pictures, transcripts and "
     "chapters "
     "of its newest\n"
     "20 entries (of others, some) are served: size, type, byte ranges, redirects, certificates. "
     "Exit code 4 when a\n"
     "server did not answer."},
    {"status", cmd_status, "[EPISODE] [--done NAME]", 0, 1, status_opts,
     "what is fresh, what is stale and why, what comes next",
     "Also: what is due next and what it lacks, the days until a broadcast's recording must have "
     "captions, what is to\n"
     "be done by hand after the first delivery, and whether the originals lie in a second place "
     "(backup: in show.yaml)."},
    {"clean", cmd_clean, "", 0, 0, clean_opts, "give back disk: results that can be made again",
     "Drops results that no episode names any more, the lossless masters of published episodes, "
     "and previews.\n"
     "Originals, reports and what is public stay."},
    {"export", cmd_export, "EPISODE [--to DIR]", 1, 1, export_opts,
     "everything of an episode as one package for the archive",
     "Originals, lossless master, captions, transcript, chapters, notes, episode.yaml, "
     "published.json, cover, report and\n"
     "what was delivered, with SHA-256 of each file and the versions of what made them: a BagIt "
     "bag "
     "(RFC 8493) in one\n"
     "tar file. It is read back and compared before it gets its name; an older one is never "
     "overwritten. Whoever has\n"
     "it checks it with sha256sum -c manifest-sha256.txt."},
    {"live", cmd_live, "EPISODE [--from SOURCE]… | mark TITLE | title TITLE | stop | status", 1,
     MANY, live_opts, "broadcast one source to many endpoints, and record it", live_words},
    {"retract", cmd_retract, "EPISODE --reason TEXT [--by NAME] [--originals] | --undo", 1, 1,
     retract_opts, "take a published episode down, everywhere",
     "It goes out of every feed, page, kit, the search, the sitemap and calendar.ics; then its "
     "media, captions,\n"
     "clips and kit go, former versions too. At its address a page says that an episode was "
     "withdrawn, without title,\n"
     "names or reason; Apache and serve answer 410 there, and reports/nginx-410.conf is what the "
     "administrator of an\n"
     "nginx puts into its server { }. Who, when and why stand in published.json. What is kept, "
     "and where, is listed:\n"
     "the recording stays in originals/ unless --originals is given. A run that was interrupted "
     "is finished by the\n"
     "same command, which needs no reason then. --undo lets publish take the episode again."},
    {"serve", cmd_serve, "[--port N] [--as-is]", 0, 0, serve_opts,
     "public/ on 127.0.0.1, to listen before delivering",
     "The server's own address stands in place of the show's in feeds and pages, so that a podcast "
     "app on this\n"
     "machine can subscribe. Ctrl-C ends it."},
    {"manual", cmd_manual, "", 0, 0, NULL,
     "print the manual page (roff); read it with: dgl-episode manual | man -l -", NULL},
    {NULL, NULL, NULL, 0, 0, NULL, NULL, NULL},
};
