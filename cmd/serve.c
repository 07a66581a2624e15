// SPDX-License-Identifier: GPL-3.0-or-later
// serve: public/ on 127.0.0.1 until Ctrl-C.
#include "base/fs.h"
#include "cmd.h"
#include "net/httpd.h"

#include <stdio.h>
#include <time.h>

static void wait_for_stop(const struct progress *p)
{
    struct timespec step = {.tv_nsec = 100000000};
    while (!progress_stopped(p))
        nanosleep(&step, NULL);
}

static void announce(const struct env *env, const char *root, int port)
{
    if (env->json) {
        struct json *o = json_new_object();
        json_put_text(o, "root", root);
        json_put_int(o, "port", port);
        print_json(o);
        json_free(o);
    } else {
        printf("listen at  http://127.0.0.1:%d/\nsubscribe  http://127.0.0.1:%d/feed.xml\n"
               "Ctrl-C ends it\n",
               port, port);
    }
    fflush(stdout);
}

int cmd_serve(const struct env *env, const struct args *args, struct err *e)
{
    struct session s;
    struct httpd *h = NULL;
    int64_t port = 8080;
    int r = args_int(args, "port", 0, 65535, &port, e);
    if (r < 0)
        return r;
    r = env_open(env, "serve", false, &s, e);
    char *root = r < 0 ? NULL : fs_join(&s.arena, s.dir, "public");
    if (r >= 0 && !fs_is_dir(root))
        r = err_input(e, "%s: nothing is published yet\nfirst: dgl-episode publish EPISODE", root);
    if (r >= 0)
        r = httpd_start(
            &(struct httpd_params){.root = root,
                                   .port = (int)port,
                                   .site = args_has(args, "as-is") ? NULL : s.show.site},
            &h, e);
    if (r >= 0) {
        announce(env, root, httpd_port(h));
        wait_for_stop(env->progress);
        httpd_stop(h);
    }
    session_close(&s);
    return r < 0 ? r : 0;
}
