// SPDX-License-Identifier: GPL-3.0-or-later
// Requests at the server of a folder: never a byte from outside it, and it goes on.
#include "fuzz.h"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/httpd.h"

static int start(void)
{
    static struct httpd *h;
    struct err e = {0};
    if (h)
        return httpd_port(h);
    signal(SIGPIPE, SIG_IGN);
    fuzz_put("secret.txt", "kept-outside", 12);
    fuzz_put("www/feed.xml", "<rss>https://example.org/x/</rss>", 33);
    fuzz_put("www/media/x.mp3", "0123456789", 10);
    fuzz_put("www/.hidden/x.txt", "kept-outside", 12);
    char root[300];
    snprintf(root, sizeof root, "%s/www", fuzz_dir());
    FUZZ_HOLD(httpd_start(&(struct httpd_params){.root = root, .site = "https://example.org/x/"},
                          &h, &e) >= 0);
    return httpd_port(h);
}

FUZZ(httpd)
{
    static char said[1 << 16];
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)start())};
    struct timeval patience = {.tv_usec = 200000};
    size_t all = 0;
    ssize_t n;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    FUZZ_HOLD(connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    send(fd, data, size < 30000 ? size : 30000, MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    while (all < sizeof said && (n = recv(fd, said + all, sizeof said - all, 0)) > 0)
        all += (size_t)n;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(fd);
    FUZZ_HOLD(!memmem(said, all, "kept-outside", 12));
    return 0;
}
