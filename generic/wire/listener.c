#include "config.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "base/clock.h"
#include "poll.h"
#include "sock.h"
#include "wire/listener.h"

#define PAUSE_NS (100 * WEIR_NS_PER_MS)
enum { ROUNDS = 64 }; /* connections before the worker looks at its other sockets */

/* Errors of the process or the system, not of one connection. */
static bool Starved(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void Ready(WeirIo *io, unsigned events)
{
    WeirListener *l = io->arg;
    char why[96];
    WeirAddr from;
    int fd = -1, round;
    for (round = 0; round < ROUNDS; round++) {
        fd = WeirSockAccept(io->fd, &from);
        if (fd < 0)
            break;
        l->accepted(l, fd, &from);
        if (!l->on)
            return;
    }
    if (fd < 0 && Starved(errno)) {
        l->starved(l, strerror_r(errno, why, sizeof why));
        WeirIoWant(l->worker, io, 0);
        WeirTimerSet(l->worker, &l->pause, WeirMonoNs() + PAUSE_NS);
    }
}

static void GoOn(WeirTimer *timer, int64_t nowNs)
{
    WeirListener *l = timer->arg;
    WeirIoWant(l->worker, &l->io, WEIR_POLL_IN);
}

int WeirListenerOpen(WeirAddr *addr, const char *interface, WeirErr *err)
{
    WeirSockOpts opts = { .reuse = 1, .noDelay = 1, .interface = interface };
    int fd = WeirSockListen(addr, &opts, err);
    if (fd == WEIR_E_POSIX && err->sysErrno == EAFNOSUPPORT && WeirAddrIsAny(addr)) {
        *addr = WeirAddrAny(AF_INET, WeirAddrPort(addr));
        fd = WeirSockListen(addr, &opts, err);
    }
    return fd;
}

int WeirListenerStart(WeirListener *l, WeirWorker *worker, int fd, WeirErr *err)
{
    int rc;
    l->worker = worker;
    l->io.fd = fd;
    l->io.ready = Ready;
    l->io.arg = l->pause.arg = l;
    l->pause.fire = GoOn;
    rc = WeirIoAdd(worker, &l->io, WEIR_POLL_IN, err);
    l->on = rc == 0;
    return rc;
}

void WeirListenerStop(WeirListener *l)
{
    l->on = false;
    WeirTimerStop(l->worker, &l->pause);
    WeirIoRemove(l->worker, &l->io);
}
