// SPDX-License-Identifier: GPL-3.0-or-later
#include "server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct {
    pthread_mutex_t lock;
    const uint8_t *data; // lock
    size_t size;         // lock
    int fd, port;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void answer(int fd)
{
    char asked[8192];
    struct pollfd wait = {fd, POLLIN, 0};
    if (poll(&wait, 1, 1000) > 0 && recv(fd, asked, sizeof asked, 0) > 0) {
        pthread_mutex_lock(&server.lock);
        send(fd, server.data, server.size, MSG_NOSIGNAL);
        pthread_mutex_unlock(&server.lock);
    }
    shutdown(fd, SHUT_WR);
    while (poll(&wait, 1, 1000) > 0 && recv(fd, asked, sizeof asked, 0) > 0)
        ;
    close(fd);
}

static void *run(void *arg)
{
    (void)arg;
    for (;;) {
        int fd = accept(server.fd, NULL, NULL);
        if (fd >= 0)
            answer(fd);
    }
    return NULL;
}

static void start(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;
    pthread_t thread;
    signal(SIGPIPE, SIG_IGN);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (server.fd < 0 || bind(server.fd, (struct sockaddr *)&at, sizeof at) < 0 ||
        listen(server.fd, 64) < 0 || getsockname(server.fd, (struct sockaddr *)&at, &len) < 0 ||
        pthread_create(&thread, NULL, run, NULL) != 0)
        abort();
    server.port = ntohs(at.sin_port);
}

int fuzz_server_answers(const uint8_t *data, size_t size)
{
    static uint8_t *copy;
    if (!server.port)
        start();
    pthread_mutex_lock(&server.lock);
    free(copy);
    copy = malloc(size + 1);
    if (!copy)
        abort();
    if (size)
        memcpy(copy, data, size);
    server.data = copy;
    server.size = size;
    pthread_mutex_unlock(&server.lock);
    return server.port;
}
