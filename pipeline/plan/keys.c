// SPDX-License-Identifier: GPL-3.0-or-later
#include "plan/keys.h"

#include <unistd.h>

int keys_open(struct session *s, int fd, struct keys *ret, struct err *e)
{
    int r = 0;
    *ret = (struct keys){0};
    if (fd >= 0) {
        r = secrets_fd(&s->arena, fd, &ret->from[0], e);
        close(fd); // what is started inherits what is open
    }
    if (r >= 0)
        r = secrets_credentials(&s->arena, &ret->from[1], e);
    if (r >= 0 && s->show.secrets)
        r = secrets_file(&s->arena, s->show.secrets, &ret->from[2], e);
    return r;
}

const char *keys_get(const struct keys *k, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; name && !value && i < KEYS_PLACES; i++)
        value = secrets_get(&k->from[i], name);
    return value;
}

int keys_missing(struct session *s, const struct node *map, const char *name, struct err *e)
{
    const char *file = s->show.secrets;
    const char *remedy =
        file ? arena_printf(&s->arena, "write a line \"%s = …\" into %s", name, file)
             : arena_printf(&s->arena,
                            "add secrets: ~/.config/dgl-episode/secrets to show.yaml, write a line "
                            "\"%s = …\" into that file, then: chmod 600 FILE",
                            name);
    return node_error(node_of(map, "secret"), e, remedy, "there is no secret %s", name);
}
