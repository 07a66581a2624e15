// SPDX-License-Identifier: GPL-3.0-or-later
// A TCP proxy that does what networks do: faultproxy LISTEN-PORT TARGET-PORT [TARGET], both on
// 127.0.0.1 unless TARGET is another address.
// Lines on standard input change how it behaves from then on:
//   pass          forwards both ways
//   hang          accepts and forwards nothing, to new connections and old
//   deaf          stops reading from the client; what the server says still comes
//   rate N        N bytes a second from the client
//   reset N       after N more bytes from the client every connection is reset, and a new one at
//                 its first byte: before that a client takes it for a refusal, or not, by chance
//   end N         the same, but each is ended in order
//   cut           resets all connections now; new ones pass
//   refuse        cuts, and refuses new ones until another line comes
//   lost          half open: old connections are forgotten without a word, new ones pass
//   look          nothing
// Each line is answered on standard output with "ok CONNECTIONS BYTES".
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// What the system takes for us counts as received on the other side: little, so that one who is not
// read notices soon, as where a network is gone and nothing is received at all.
enum { PAIRS = 64, BLOCK = 16384, TICK_MS = 20, SYSTEM_TAKES = 16384 };

struct pair {
    int client, server; // -1: none
    bool forgotten;     // half open: neither side hears anything more
    bool late;          // came when the bytes of "reset" or "end" were used up
    bool over, ended;   // by one side; in order. The other one still gets what was said.
    char to_server[BLOCK], to_client[BLOCK];
    size_t up, down; // bytes that wait in them
};
static struct pair pairs[PAIRS];
static size_t num_pairs;
static enum { PASS, HANG, DEAF, RATE, RESET, END, REFUSE } mode;
static long long budget, rate, forwarded;
static int accepted;
static struct in_addr target_host;

static struct sockaddr_in here(int port)
{
    return (struct sockaddr_in){.sin_family = AF_INET,
                                .sin_port = htons((uint16_t)port),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static int listen_at(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in at = here(port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &(int){SYSTEM_TAKES}, sizeof(int));
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0 || listen(fd, 16) < 0) {
        perror("faultproxy");
        exit(1);
    }
    return fd;
}

static void close_hard(int fd)
{
    struct linger now = {1, 0}; // a reset instead of a goodbye
    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close(fd);
}

static void close_softly(int fd)
{
    close(fd);
}

static void drop(size_t i)
{
    void (*end)(int fd) = pairs[i].ended ? close_softly : close_hard;
    end(pairs[i].client);
    end(pairs[i].server);
    pairs[i] = pairs[--num_pairs];
}

static void accept_one(int fd, int target)
{
    int client = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0)
        return;
    struct sockaddr_in at = here(target);
    at.sin_addr = target_host;
    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (mode == REFUSE || num_pairs == PAIRS ||
        connect(server, (struct sockaddr *)&at, sizeof at) < 0) {
        close_hard(client);
        close(server);
        return;
    }
    fcntl(server, F_SETFL, O_NONBLOCK);
    struct pair *p = &pairs[num_pairs++];
    memset(p, 0, sizeof *p);
    p->client = client;
    p->server = server;
    p->late = (mode == RESET || mode == END) && budget <= 0;
    accepted++;
}

// What `from` says is kept in store, *held bytes of it; returns how many are new.
static long long hear(struct pair *p, int from, char *store, size_t *held, long long most)
{
    size_t room = BLOCK - *held;
    if (p->over || !room || most <= 0)
        return 0;
    ssize_t n = recv(from, store + *held, (long long)room < most ? room : (size_t)most, 0);
    if (n > 0) {
        *held += (size_t)n;
        return n;
    }
    p->over = n == 0 || errno != EAGAIN;
    p->ended = n == 0;
    return 0;
}

// False: `to` is gone.
static bool pass_on(int to, char *store, size_t *held)
{
    ssize_t n = *held ? send(to, store, *held, MSG_NOSIGNAL) : 0;
    if (n < 0)
        return errno == EAGAIN;
    memmove(store, store + n, *held - (size_t)n);
    *held -= (size_t)n;
    return true;
}

static bool is_silent(const struct pair *p)
{
    char byte;
    return recv(p->client, &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
}

static bool serve(struct pair *p)
{
    bool used_up = (mode == RESET || mode == END) && budget <= 0;
    if (p->forgotten || mode == HANG || (used_up && p->late && is_silent(p)))
        return true;
    bool limited = mode == RATE || mode == RESET || mode == END;
    long long most = mode == DEAF ? 0 : limited ? budget : BLOCK;
    long long taken = hear(p, p->client, p->to_server, &p->up, most);
    forwarded += taken;
    if (limited)
        budget -= taken;
    if (!pass_on(p->server, p->to_server, &p->up))
        return false;
    if ((mode == RESET || mode == END) && budget <= 0) {
        p->ended = mode == END;
        return false;
    }
    hear(p, p->server, p->to_client, &p->down, BLOCK);
    return pass_on(p->client, p->to_client, &p->down) && !(p->over && !p->up && !p->down);
}

static void obey(char *line)
{
    long long n = 0;
    char word[16] = "";
    sscanf(line, "%15s %lld", word, &n);
    static const struct {
        const char *word;
        int mode;
        bool drops;
    } rows[] = {{"pass", PASS, false},    {"hang", HANG, false},   {"deaf", DEAF, false},
                {"rate", RATE, false},    {"reset", RESET, false}, {"end", END, false},
                {"refuse", REFUSE, true}, {"cut", PASS, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].word, word) == 0) {
            mode = rows[i].mode;
            rate = budget = n;
            while (rows[i].drops && num_pairs)
                drop(0);
        }
    if (strcmp(word, "lost") == 0) {
        mode = PASS;
        for (size_t i = 0; i < num_pairs; i++)
            pairs[i].forgotten = true;
    }
    printf("ok %d %lld\n", accepted, forwarded);
    fflush(stdout);
}

static void refill(void)
{
    static struct timespec last;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double passed = (double)(now.tv_sec - last.tv_sec) + (double)(now.tv_nsec - last.tv_nsec) / 1e9;
    last = now;
    if (mode != RATE || passed > 1)
        return;
    budget += (long long)((double)rate * passed);
    if (budget > rate / 5)
        budget = rate / 5;
}

int main(int argc, char **argv)
{
    target_host.s_addr = htonl(INADDR_LOOPBACK);
    if (argc < 3 || argc > 4 || (argc == 4 && inet_pton(AF_INET, argv[3], &target_host) != 1)) {
        fprintf(stderr, "usage: faultproxy LISTEN-PORT TARGET-PORT [TARGET]\n");
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    int target = (int)strtol(argv[2], NULL, 10);
    int fd = listen_at((int)strtol(argv[1], NULL, 10));
    char line[256];
    for (;;) {
        struct pollfd waits[2 + 2 * PAIRS] = {{0, POLLIN, 0}, {fd, POLLIN, 0}};
        nfds_t n = 2;
        for (size_t i = 0; i < num_pairs; i++) {
            bool idle =
                pairs[i].forgotten || pairs[i].over || mode == HANG || mode == RATE || mode == DEAF;
            waits[n++] = (struct pollfd){pairs[i].client, idle ? 0 : POLLIN, 0};
            waits[n++] = (struct pollfd){pairs[i].server, idle ? 0 : POLLIN, 0};
        }
        poll(waits, n, TICK_MS);
        if (waits[0].revents) {
            if (!fgets(line, sizeof line, stdin))
                return 0;
            obey(line);
        }
        if (waits[1].revents)
            accept_one(fd, target);
        refill();
        for (size_t i = num_pairs; i-- > 0;)
            if (!serve(&pairs[i]))
                drop(i);
    }
}
