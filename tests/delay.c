/* A path that delays, for kernels without netem: what arrives at one interface leaves by
 * the other so many milliseconds later, unchanged.
 *
 *   delay INTERFACE INTERFACE MILLISECONDS
 *
 * Says "ready" and runs until it is killed. */
#include "config.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/poll.h> /* poll.h would be our own */
#include <sys/prctl.h>
#include <sys/socket.h>
#include "base/clock.h"

enum { FRAME_ROOM = 70000, FRAMES_MAX = 100000 };

/* All frames wait equally long, so they leave in the order in which they came. */
typedef struct Frame {
    struct Frame *next;
    int64_t dueNs;
    int fd; /* by which it leaves */
    size_t len;
    uint8_t bytes[];
} Frame;

static Frame *oldest, **end = &oldest;
static int waiting;

static int Fail(const char *what)
{
    fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* A socket for all that arrives at an interface, with what the network card was to do for
 * each frame still in front of it (checksums). */
static int OpenInterface(const char *name)
{
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_ll addr = { .sll_family = AF_PACKET,
                                .sll_protocol = htons(ETH_P_ALL),
                                .sll_ifindex = (int)if_nametoindex(name) };
    if (fd < 0 || addr.sll_ifindex == 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof on) < 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof on) < 0 ||
        bind(fd, (struct sockaddr *)&addr, sizeof addr) < 0)
        Fail(name);
    return fd;
}

static void Take(int from, int to, int64_t delayNs)
{
    static uint8_t bytes[FRAME_ROOM];
    ssize_t n;
    while ((n = recv(from, bytes, sizeof bytes, 0)) > 0) {
        Frame *f = waiting < FRAMES_MAX ? malloc(sizeof *f + (size_t)n) : NULL;
        if (!f)
            continue;
        f->next = NULL;
        f->dueNs = WeirMonoNs() + delayNs;
        f->fd = to;
        f->len = (size_t)n;
        memcpy(f->bytes, bytes, f->len);
        *end = f;
        end = &f->next;
        waiting++;
    }
}

/* Send what is due; answers how long until the next is, or -1. */
static int64_t Release(void)
{
    while (oldest) {
        Frame *f = oldest;
        int64_t restNs = f->dueNs - WeirMonoNs();
        if (restNs > 0)
            return restNs;
        if (send(f->fd, f->bytes, f->len, 0) < 0 && errno != ENOBUFS && errno != EAGAIN)
            Fail("send");
        oldest = f->next;
        if (!oldest)
            end = &oldest;
        free(f);
        waiting--;
    }
    return -1;
}

int main(int argc, char **argv)
{
    struct pollfd fds[2];
    struct timespec rest;
    int64_t delayNs, restNs;
    if (argc != 4) {
        fprintf(stderr, "usage: delay INTERFACE INTERFACE MILLISECONDS\n");
        return 2;
    }
    fds[0] = (struct pollfd){ OpenInterface(argv[1]), POLLIN, 0 };
    fds[1] = (struct pollfd){ OpenInterface(argv[2]), POLLIN, 0 };
    delayNs = (int64_t)(atof(argv[3]) * 1e6);
    prctl(PR_SET_TIMERSLACK, 1L);
    puts("ready");
    fflush(stdout);
    while (true) {
        restNs = Release();
        rest.tv_sec = restNs / WEIR_NS_PER_S;
        rest.tv_nsec = restNs % WEIR_NS_PER_S;
        if (ppoll(fds, 2, restNs < 0 ? NULL : &rest, NULL) < 0 && errno != EINTR)
            Fail("poll");
        Take(fds[0].fd, fds[1].fd, delayNs);
        Take(fds[1].fd, fds[0].fd, delayNs);
    }
}
