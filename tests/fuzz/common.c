// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/xmlread.h"

const char *const fuzz_presets[] = {"presets", NULL};

char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

static void write_all(int fd, const void *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = pwrite(fd, (const char *)data + at, size - at, (off_t)at);
        if (n <= 0)
            abort();
        at += (size_t)n;
    }
}

const char *fuzz_file(const uint8_t *data, size_t size)
{
    static int fd = -1;
    static char path[40];
    if (fd < 0)
        fd = memfd_create("fuzz", MFD_CLOEXEC);
    if (fd < 0 || fchmod(fd, 0600) < 0 || ftruncate(fd, 0) < 0)
        abort();
    write_all(fd, data, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

static char dir[256];
static pid_t owner;

static void drop_dir(void)
{
    if (owner == getpid())
        fs_remove_tree(dir, NULL);
}

const char *fuzz_dir(void)
{
    if (owner == getpid())
        return dir;
    const char *root = getenv("TMPDIR");
    root = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : root ? root : P_tmpdir;
    snprintf(dir, sizeof dir, "%s/dgl-fuzz-XXXXXX", root);
    if (!mkdtemp(dir))
        abort();
    owner = getpid();
    atexit(drop_dir);
    return dir;
}

const char *fuzz_put(const char *name, const void *data, size_t size)
{
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", fuzz_dir(), name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) {
        *strrchr(path, '/') = '\0';
        if (fs_mkdirs(path, NULL) < 0)
            abort();
        path[strlen(path)] = '/';
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    }
    if (fd < 0)
        abort();
    write_all(fd, data, size);
    close(fd);
    return path;
}

void fuzz_refusal(const struct err *e)
{
    FUZZ_HOLD(e->code < 0);
    FUZZ_HOLD(e->text[0]);
    FUZZ_HOLD(memchr(e->text, '\0', sizeof e->text));
    FUZZ_HOLD(str_is_utf8(e->text, strlen(e->text), NULL));
    for (const char *p = e->text; *p; p++)
        FUZZ_HOLD((unsigned char)*p >= 0x20 || *p == '\n' || *p == '\t');
}

char *fuzz_part(char **rest, char end)
{
    char *part = *rest, *stop = part ? strchr(part, end) : NULL;
    if (stop)
        *stop++ = '\0';
    *rest = stop;
    return part;
}

bool fuzz_is_xml(const char *markup, size_t len)
{
    struct arena a = {0};
    struct xml_doc doc;
    struct str s;
    str_init(&s, STR_MAX);
    str_add(&s, "<x>");
    str_addn(&s, markup, len);
    str_add(&s, "</x>");
    bool ok = xmlread_tree(&a, s.p, s.len, "x", &doc, NULL) >= 0;
    str_done(&s);
    arena_done(&a);
    return ok;
}
