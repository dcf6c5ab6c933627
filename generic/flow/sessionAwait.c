/* Passive mode (D-ITG 2.6): receivers call.  A session of a sender waits here until its
 * receiver has called and greeted; then session.c goes on as with one that it called.
 *
 * Anybody may call.  Hosts that no session waits for are turned away; of the others the
 * first that answers the greeting gets the session.  Those that have not answered yet
 * are few and get little time, and none of them keeps the others out. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/sessionInt.h"
#include "poll.h"
#include "sock.h"
#include "wire/listener.h"

#define GREETING_NS (10 * WEIR_NS_PER_S)
enum { MAX_CALLERS = 32 }; /* that have not answered */

/* A connection whose greeting has no answer yet. */
typedef struct Caller {
    struct Caller *next, *prev; /* oldest first */
    WeirSessionPort *port;
    WeirAddr from;
    WeirIo io;
    WeirTimer timer;
    int64_t askedNs;
} Caller;

/* Where the sessions of one -signalbind wait. */
struct WeirSessionPort {
    WeirSessionPort *next;
    WeirWorker *worker;
    WeirAddr asked, bound;
    char interface[32];
    WeirListener listener;
    WeirSession *waiting;
    Caller *oldest, *newest;
    int callers;
};

static WeirSessionPort *ports; /* control worker only */

/* ------------------------------------------------------------ callers */

/* The session that waits for this host, else one that waits for any. */
static WeirSession *WaitingFor(const WeirSessionPort *p, const WeirAddr *from)
{
    WeirSession *s, *any = NULL;
    for (s = p->waiting; s; s = s->nextWaiting) {
        if (WeirAddrIsAny(&s->peer))
            any = s;
        else if (WeirAddrSameHost(&s->peer, from))
            return s;
    }
    return any;
}

/* Forget the caller; its connection stays open. */
static void FreeCaller(Caller *c)
{
    WeirSessionPort *p = c->port;
    WeirTimerStop(p->worker, &c->timer);
    WeirIoRemove(p->worker, &c->io);
    if (c->prev)
        c->prev->next = c->next;
    else
        p->oldest = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        p->newest = c->prev;
    p->callers--;
    free(c);
}

static void DropCaller(Caller *c)
{
    int fd = c->io.fd;
    FreeCaller(c);
    close(fd);
}

static void Silent(WeirTimer *timer, int64_t nowNs)
{
    DropCaller(timer->arg);
}

/* The answer to the greeting; what follows it is the session's. */
static void Answered(WeirIo *io, unsigned events)
{
    Caller *c = io->arg;
    WeirSession *s = WaitingFor(c->port, &c->from);
    uint8_t answer = 0;
    ssize_t n = recv(io->fd, &answer, 1, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (n == 1 && answer == WEIR_TSP_ACK_CONNECT && s) {
        WeirAddr from = c->from;
        int64_t tookNs = WeirMonoNs() - c->askedNs;
        int fd = io->fd;
        FreeCaller(c);
        WeirSessionStopAwaiting(s);
        WeirSessionGreeted(s, fd, &from, tookNs);
    } else {
        DropCaller(c);
    }
}

static void Called(WeirListener *listener, int fd, const WeirAddr *from)
{
    static const uint8_t greeting = WEIR_TSP_CONNECT;
    WeirSessionPort *p = listener->arg;
    WeirAddr host = *from;
    Caller *c;
    WeirAddrUnmap(&host);
    c = WaitingFor(p, &host) ? calloc(1, sizeof *c) : NULL;
    if (!c) {
        close(fd);
        return;
    }
    if (p->callers >= MAX_CALLERS)
        DropCaller(p->oldest);
    c->port = p;
    c->from = host;
    c->io.fd = fd;
    c->io.ready = Answered;
    c->timer.fire = Silent;
    c->io.arg = c->timer.arg = c;
    c->askedNs = WeirMonoNs();
    if (WeirIoAdd(p->worker, &c->io, WEIR_POLL_IN, NULL) < 0) {
        close(fd);
        free(c);
        return;
    }
    c->prev = p->newest;
    if (c->prev)
        c->prev->next = c;
    else
        p->oldest = c;
    p->newest = c;
    p->callers++;
    WeirTimerSet(p->worker, &c->timer, c->askedNs + GREETING_NS);
    send(fd, &greeting, 1, MSG_NOSIGNAL); /* a dead caller shows at the next read */
}

/* The caller waits in the kernel's queue until the listener tries again. */
static void Starved(WeirListener *listener, const char *why)
{
}

/* ------------------------------------------------------------ listening */

static WeirSessionPort *PortFor(const WeirSession *s)
{
    WeirSessionPort *p = ports;
    while (p && !(WeirAddrSame(&p->asked, &s->local) &&
                  strcmp(p->interface, s->interface) == 0))
        p = p->next;
    return p;
}

static WeirSessionPort *OpenPort(WeirSession *s, WeirErr *err)
{
    WeirSessionPort *p = calloc(1, sizeof *p);
    int fd;
    if (!p) {
        WeirFail(err, WEIR_E_MEMORY, "out of memory");
        return NULL;
    }
    p->worker = WeirEngineControl(s->engine);
    p->asked = p->bound = s->local;
    memcpy(p->interface, s->interface, sizeof p->interface);
    fd = WeirListenerOpen(&p->bound, p->interface, err);
    p->listener.accepted = Called;
    p->listener.starved = Starved;
    p->listener.arg = p;
    if (fd < 0 || WeirListenerStart(&p->listener, p->worker, fd, err) < 0) {
        if (fd >= 0)
            close(fd);
        free(p);
        return NULL;
    }
    p->bound = WeirSockLocal(fd);
    p->next = ports;
    ports = p;
    return p;
}

static void ClosePort(WeirSessionPort *p)
{
    WeirSessionPort **link = &ports;
    while (*link != p)
        link = &(*link)->next;
    *link = p->next;
    while (p->oldest)
        DropCaller(p->oldest);
    WeirListenerStop(&p->listener);
    close(p->listener.io.fd);
    free(p);
}

int WeirSessionAwait(WeirSession *s, WeirErr *err)
{
    WeirSessionPort *p = PortFor(s);
    if (!p && !(p = OpenPort(s, err)))
        return err->code;
    s->port = p;
    s->nextWaiting = p->waiting;
    p->waiting = s;
    s->listens = p->bound;
    return WEIR_OK;
}

void WeirSessionStopAwaiting(WeirSession *s)
{
    WeirSessionPort *p = s->port;
    WeirSession **link;
    if (!p)
        return;
    for (link = &p->waiting; *link != s;)
        link = &(*link)->nextWaiting;
    *link = s->nextWaiting;
    s->port = NULL;
    if (!p->waiting)
        ClosePort(p);
}
