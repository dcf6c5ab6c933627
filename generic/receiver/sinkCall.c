/* Data of flows in passive mode (D-ITG 2.6): the receiver says hello to the sender's data
 * port, or connects to it, from the port of its own that was asked for.  What comes back
 * is that of any flow; only that address is listened to. */
#include "config.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "poll.h"
#include "receiver/receiverInt.h"
#include "sock.h"

#define AGAIN_NS WEIR_NS_PER_S

/* The flow ends, as its sender cannot be reached. */
static void Fail(WeirSinkFlow *f, int error)
{
    char to[WEIR_ADDR_TEXT], why[96];
    pthread_mutex_lock(&f->lock);
    if (!f->reason.code)
        WeirFail(&f->reason, WEIR_E_PEER,
                 "the sender's data port %s cannot be reached: %s",
                 WeirAddrText(&f->said.sender, to), strerror_r(error, why, sizeof why));
    pthread_mutex_unlock(&f->lock);
    WeirSinkDrain(WeirSinkFlowRef(f));
}

/* One more, while nothing has come: the first may be lost, or may have had to open the
 * way back through a translator of addresses. */
static void SayHello(WeirTimer *timer, int64_t nowNs)
{
    static const char hello[] = "hello";
    WeirSinkFlow *f = timer->arg;
    const WeirAddr *to = &f->said.sender;
    if (atomic_load(&f->lastNs) != 0 || f->hellos == 0)
        return;
    f->hellos--;
    if (sendto(f->port->readers[0].fd, hello, sizeof hello, 0, &to->sa, WeirAddrLen(to)) <
            0 &&
        errno != ECONNREFUSED && errno != EAGAIN)
        Fail(f, errno);
    else
        WeirTimerSet(f->worker, timer, nowNs + AGAIN_NS);
}

/* The connection is one of the port's like those that others make. */
static void Connected(WeirIo *io, unsigned events)
{
    WeirSinkReader *r = io->arg;
    WeirSinkFlow *f = r->caller;
    int fd = io->fd, error = WeirSockResult(fd);
    WeirIoRemove(r->worker, io);
    r->caller = NULL;
    if (error) {
        Fail(f, error);
        return;
    }
    r->fd = -1;
    WeirSinkConnAccepted(&r->listener, fd, &f->said.sender);
}

static void Connect(WeirSinkFlow *f)
{
    WeirSinkReader *r = &f->port->readers[0];
    WeirErr err;
    r->caller = f;
    r->io.fd = r->fd;
    r->io.ready = Connected;
    if (WeirSockConnect(r->fd, &f->said.sender, &err) < 0 ||
        WeirIoAdd(r->worker, &r->io, WEIR_POLL_OUT, &err) < 0) {
        r->caller = NULL;
        Fail(f, err.sysErrno);
    }
}

void WeirSinkCall(void *arg)
{
    WeirSinkFlow *f = arg;
    if (f->draining) {
        WeirSinkFlowUnref(f);
        return;
    }
    f->hellos = f->receiver->hellos;
    f->timer.fire = SayHello;
    f->timer.arg = f;
    if (f->transport->connected)
        Connect(f);
    else
        SayHello(&f->timer, WeirMonoNs());
    WeirSinkFlowUnref(f);
}

void WeirSinkCallStop(WeirSinkReader *r)
{
    if (r->caller)
        WeirIoRemove(r->worker, &r->io);
    r->caller = NULL;
}
