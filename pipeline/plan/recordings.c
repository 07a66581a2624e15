// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/recordings.h"

#include "base/fs.h"
#include "base/str.h"
#include "model/spot.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

char *recordings_original(struct arena *a, const char *show_dir, const char *sha256)
{
    char *dir = fs_join(a, show_dir, "originals");
    char **names;
    size_t n;
    if (fs_list(a, dir, &names, &n, NULL) < 0)
        return NULL;
    for (size_t i = 0; i < n; i++)
        if (str_starts(names[i], sha256) && (names[i][64] == '.' || !names[i][64]) &&
            !strstr(names[i], ".tmp-")) // a copy that was not finished
            return fs_join(a, dir, names[i]);
    return NULL;
}

static const char *last_hash(const struct plan *p, const char *path, const char *as_written)
{
    const char *sha = hashes_last(p->s->hashes, path);
    for (size_t i = 0; !sha && i < p->published.num_sources; i++)
        if (str_same(p->published.sources[i].path, as_written))
            sha = p->published.sources[i].sha256;
    return sha;
}

struct listing {
    struct plan *p;
    struct json *list, *paths;
    bool found;
};

static int missing(struct listing *l, const struct recording *rec, const char *file, struct err *e)
{
    if (l->p->published.guid) {
        l->found = false;
        return 0;
    }
    if (!rec->node)
        return err_input(e, "%s: there is no such recording", file);
    return node_error(rec->node, e,
                      "check the name and that the disk or card is plugged in; a path counts "
                      "from the episode's folder",
                      "the recording %s is not there", file);
}

static int unreadable(const struct recording *rec, const char *path, struct err *e)
{
    if (!rec->node)
        return err_input(e, "%s: you may not read it", path);
    return node_error(rec->node, e, "give yourself the right to read it, or copy it",
                      "%s may not be read", path);
}

static int add_file(struct listing *l, const struct recording *rec, const char *file, size_t track,
                    size_t part, struct err *e)
{
    struct plan *p = l->p;
    char hex[HASH_HEX];
    const char *path = fs_join(&p->arena, p->ep->dir, file);
    if (access(path, R_OK) == 0 && !fs_is_dir(path)) {
        int r = hashes_get(p->s->hashes, path, hex, p->s->progress, e);
        if (r < 0)
            return r;
    } else if (errno == EACCES) {
        return unreadable(rec, path, e);
    } else {
        const char *sha = last_hash(p, path, file);
        const char *original = sha ? recordings_original(&p->arena, p->s->dir, sha) : NULL;
        if (!original)
            return missing(l, rec, file, e);
        memcpy(hex, sha, HASH_HEX);
        path = original;
    }
    struct json *one = json_new_object();
    json_put_int(one, "track", (int64_t)track);
    json_put_int(one, "part", (int64_t)part);
    json_put_text(one, "name", fs_basename(file));
    json_put_text(one, "speaker", rec->speaker);
    json_put_text(one, "use", rec->use);
    if (rec->sound_track)
        json_put_int(one, "sound_track", rec->sound_track);
    json_put_text(one, "sha256", hex);
    json_push(l->list, one);
    json_push_text(l->paths, path);
    return 0;
}

int recordings_list(struct plan *p, struct json **ret_list, struct json **ret_paths,
                    bool *ret_found, struct err *e)
{
    const struct episode *ep = p->ep;
    struct listing l = {p, json_new_array(), json_new_array(), true};
    int r = 0;
    for (size_t i = 0; r >= 0 && i < ep->num_recordings; i++) {
        const struct recording *rec = &ep->recordings[i];
        if (rec->file)
            r = add_file(&l, rec, rec->file, i, 0, e);
        for (size_t k = 0; r >= 0 && k < rec->parts.count; k++)
            r = add_file(&l, rec, rec->parts.items[k], i, k, e);
    }
    if (r >= 0 && !ep->num_recordings) {
        l.found = false;
        if (!p->published.guid)
            r = err_input(e, "%s: no recording yet\nname it: dgl-episode publish %s RECORDING",
                          ep->file->path, ep->folder);
    }
    if (r < 0) {
        json_free(l.list);
        json_free(l.paths);
        return r;
    }
    *ret_list = l.list;
    *ret_paths = l.paths;
    *ret_found = l.found;
    return 0;
}

// The same files in the same order as episode.yaml names?
static bool same_files(struct plan *p, const char *const *paths, size_t n)
{
    size_t at = 0;
    for (size_t i = 0; i < p->ep->num_recordings; i++) {
        const struct recording *rec = &p->ep->recordings[i];
        size_t files = rec->file ? 1 : rec->parts.count;
        for (size_t k = 0; k < files; k++, at++) {
            const char *file = rec->file ? rec->file : rec->parts.items[k];
            char *named = fs_absolute(&p->arena, fs_join(&p->arena, p->ep->dir, file));
            if (at >= n || !str_same(named, fs_absolute(&p->arena, paths[at])))
                return false;
        }
    }
    return at == n;
}

// What was made by the clock of the recording that goes.
static void warn_of_times(struct plan *p)
{
    const struct episode *ep = p->ep;
    if (ep->num_cuts || ep->num_captions || ep->num_clips || ep->num_soundbites ||
        node_of(ep->file->root, "chapters"))
        progress_warn(p->s->progress,
                      "%s: chapters, cuts, clips and captions there were made for the other "
                      "recording: see whether they fit this one",
                      ep->file->path);
}

// What recordings_note will write must be read again as the same name.
static int check_name(const char *path, struct err *e)
{
    size_t len = strlen(path);
    if (str_is_utf8(path, len, NULL) && !strpbrk(path, "\\\n") &&
        spot_find_unwanted(path, len, 0) == len)
        return 0;
    return err_input(e,
                     "%s: episode.yaml cannot hold this name: it has a backslash, a line break, "
                     "an invisible character or one that is not UTF-8\n"
                     "rename the file or folder, with letters, digits, blanks, - and _",
                     path);
}

int recordings_take(struct plan *p, const char *const *paths, size_t n, bool replace, struct err *e)
{
    struct episode *ep = p->ep;
    const struct node *node = node_of(ep->file->root, "recordings");
    if (ep->num_recordings && !same_files(p, paths, n)) {
        if (*ep->file->text == '{') // no lines can be taken out
            return node_error(node, e, "change it there by hand, or write episode.yaml without { }",
                              "this episode already names its recording, in a map in braces");
        if (!replace)
            return node_error(node, e,
                              "is that one the wrong one, say --replace; else leave the recording "
                              "out on the command line, or change it there",
                              "this episode already names its recording");
        warn_of_times(p);
        p->replaces_recordings = true;
        ep->num_recordings = 0;
    }
    if (ep->num_recordings || n == 0)
        return 0;
    if (*ep->file->text == '{')
        return node_error(ep->file->root, e, "add recordings: [{file: …}] to it, or leave out { }",
                          "the recording cannot be noted in a map in braces");
    ep->recordings = arena_array(&p->arena, struct recording, n);
    for (size_t i = 0; i < n; i++) {
        char *path = fs_absolute(&p->arena, paths[i]);
        if (access(path, R_OK) < 0)
            return err_input(e, "%s: %s\nname the recording by its path from here, %s", paths[i],
                             errno == EACCES ? "you may not read it" : "there is no such file",
                             "or drag it into the terminal");
        if (fs_is_dir(path))
            return err_input(e, "%s: is a folder; name the recording in it", paths[i]);
        bool inside = str_starts(path, p->s->dir) && path[strlen(p->s->dir)] == '/';
        ep->recordings[i].file = inside ? fs_relative(&p->arena, path, ep->dir) : path;
        int r = check_name(ep->recordings[i].file, e);
        if (r < 0)
            return r;
    }
    ep->num_recordings = n;
    return 0;
}

// Where line n, from 1, begins.
static size_t line_at(const struct yaml_file *f, int n)
{
    size_t at = 0;
    for (; n > 1 && at < f->len; n--) {
        const char *next = memchr(f->text + at, '\n', f->len - at);
        at = next ? (size_t)(next - f->text) + 1 : f->len;
    }
    return at;
}

// The lines of recordings: comments and empty lines in front of the next key are that one's.
static void lines_of_recordings(const struct yaml_file *f, size_t *ret_from, size_t *ret_to)
{
    int from = 0, next = 0;
    for (size_t i = 0; i < f->root->count; i++)
        if (str_same(f->root->pairs[i].key, "recordings"))
            from = f->root->pairs[i].line;
    for (size_t i = 0; i < f->root->count; i++) {
        int line = f->root->pairs[i].line;
        if (line > from && (!next || line < next))
            next = line;
    }
    *ret_from = line_at(f, from);
    *ret_to = next ? line_at(f, next) : f->len;
    while (*ret_to > *ret_from) {
        size_t before = *ret_to - 1; // where the line in front begins
        while (before > *ret_from && f->text[before - 1] != '\n')
            before--;
        if (f->text[before] != '#' && f->text[before] != '\n')
            return;
        *ret_to = before;
    }
}

static void add_recordings(struct plan *p, struct str *text)
{
    if (text->len && text->p[text->len - 1] != '\n')
        str_addc(text, '\n');
    str_add(text, "recordings:\n");
    for (size_t i = 0; i < p->ep->num_recordings; i++) {
        // A JSON string is a YAML string.
        struct json *file = json_new_text(p->ep->recordings[i].file);
        str_add(text, "  - {file: ");
        json_write(text, file, false);
        str_add(text, "}\n");
        json_free(file);
    }
}

int recordings_note(struct plan *p, struct err *e)
{
    const struct yaml_file *f = p->ep->file;
    size_t from = f->len, to = f->len;
    if ((node_of(f->root, "recordings") && !p->replaces_recordings) || !p->ep->num_recordings)
        return 0;
    if (p->replaces_recordings)
        lines_of_recordings(f, &from, &to);
    struct str text;
    str_init(&text, STR_MAX);
    str_addn(&text, f->text, from);
    add_recordings(p, &text);
    str_addn(&text, f->text + to, f->len - to);
    int r = fs_replace(fs_join(&p->arena, p->ep->dir, "episode.yaml"), text.p, text.len, e);
    str_done(&text);
    return r;
}
