/* Connections on a data port: each belongs to the flow that its first header names. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "poll.h"
#include "receiver/sinkConn.h"
#include "sock.h"

enum {
    MAX_UNKNOWN =
        256, /* connections that have not said whose they are, beside one a flow */
    ECHO_LIMIT = 1 << 20 /* unsent bytes of echoes before reading pauses */
};

/* ------------------------------------------------------------ whose connection */

static void AddUnknown(WeirSinkConn *c)
{
    WeirSinkReader *r = c->reader;
    c->prev = r->newestConn;
    if (c->prev)
        c->prev->next = c;
    else
        r->oldestConn = c;
    r->newestConn = c;
    r->unknownConns++;
}

static void RemoveUnknown(WeirSinkConn *c)
{
    WeirSinkReader *r = c->reader;
    if (c->prev)
        c->prev->next = c->next;
    else
        r->oldestConn = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        r->newestConn = c->prev;
    r->unknownConns--;
}

int WeirSinkConnPayload(const WeirSinkConn *c)
{
    return c->entry->flow->said.payload;
}

static bool HasHeader(const WeirSinkEntry *e)
{
    return e->flow->said.payload != WEIR_PAYLOAD_NONE;
}

bool WeirSinkConnTake(WeirSinkConn *c, WeirSinkEntry *e)
{
    if (!e || e->conn) /* the flow has its connection already */
        return false;
    RemoveUnknown(c);
    c->entry = e;
    e->conn = c;
    c->reader->awaited -= HasHeader(e);
    WeirSockSetDs(c->io.fd, c->from.sa.sa_family, e->flow->said.dsByte);
    atomic_store(&e->flow->connected, true);
    return true;
}

/* What the kernel has dropped of a connection's packets, which happens to DCCP only. */
static void CountDrops(WeirSinkConn *c)
{
    WeirSinkFlow *f = c->entry->flow;
    int64_t drops = f->transport->sized ? 0 : WeirSockDrops(c->io.fd);
    if (drops <= 0)
        return;
    atomic_fetch_add(&f->receiver->kernelDrops, drops);
    pthread_mutex_lock(&f->lock);
    f->kernelDrops += drops;
    pthread_mutex_unlock(&f->lock);
}

void WeirSinkConnClose(WeirSinkConn *c)
{
    WeirIoRemove(c->reader->worker, &c->io);
    if (c->entry) {
        CountDrops(c);
        c->entry->conn = NULL;
        c->reader->awaited += HasHeader(c->entry);
        atomic_store(&c->entry->flow->connected, false);
    } else {
        RemoveUnknown(c);
    }
    close(c->io.fd);
    free(c->out);
    free(c);
}

/* ------------------------------------------------------------ echoes */

/* How many bytes may wait: a stream's in one row, of messages only one at a time, since
 * they leave whole. */
static size_t EchoLimit(const WeirSinkConn *c)
{
    return c->reader->port->transport->stream ? ECHO_LIMIT : 1;
}

/* False when the socket refuses them, as it would again: they are dropped. */
static bool FlushEcho(WeirSinkConn *c)
{
    ssize_t n = send(c->io.fd, c->out, c->outLen, MSG_NOSIGNAL);
    bool refused = n < 0 && errno != EAGAIN && errno != EINTR;
    if (refused)
        c->outLen = 0;
    if (n > 0) {
        c->outLen -= (size_t)n;
        memmove(c->out, c->out + n, c->outLen);
    }
    WeirIoWant(c->reader->worker, &c->io,
               (c->outLen < EchoLimit(c) && !c->ended ? WEIR_POLL_IN : 0) |
                   (c->outLen > 0 ? WEIR_POLL_OUT : 0));
    return !refused;
}

void WeirSinkConnEcho(WeirSinkConn *c, size_t size)
{
    if (c->outLen + size > c->outRoom) {
        size_t room = c->outLen + size + 65536;
        uint8_t *more = realloc(c->out, room);
        if (!more)
            return;
        c->out = more;
        c->outRoom = room;
    }
    memcpy(c->out + c->outLen, c->header, c->have);
    memset(c->out + c->outLen + c->have, 0, size - c->have);
    c->outLen += size;
}

/* ------------------------------------------------------------ the sockets */

static void BreakConn(WeirSinkConn *c, const char *why)
{
    WeirSinkFlow *f = c->entry ? c->entry->flow : NULL;
    char from[WEIR_ADDR_TEXT];
    if (f) {
        pthread_mutex_lock(&f->lock);
        if (!f->reason.code)
            WeirFail(&f->reason, WEIR_E_PEER, "the data connection from %s %s",
                     WeirAddrText(&c->from, from), why);
        pthread_mutex_unlock(&f->lock);
    } else {
        atomic_fetch_add(&c->reader->port->receiver->stray, 1);
    }
    WeirSinkConnClose(c);
    if (f)
        WeirSinkStreamEnded(f);
}

static void *MakeBuffer(void)
{
    return malloc(WEIR_FLOW_STREAM_ROOM);
}

uint8_t *WeirSinkConnBuffer(const WeirSinkConn *c)
{
    return WeirWorkerLocal(c->reader->worker, WEIR_FLOW_LOCAL_STREAM, MakeBuffer, free);
}

/* The peer has ended its side; it may still want the last echoes. */
static void Finish(WeirSinkConn *c)
{
    WeirSinkFlow *f = c->entry ? c->entry->flow : NULL;
    c->ended = true;
    if (c->outLen > 0 && FlushEcho(c) && c->outLen > 0)
        return; /* the socket will take more */
    WeirSinkConnClose(c);
    if (f)
        WeirSinkStreamEnded(f);
}

static void ConnReady(WeirIo *io, unsigned events)
{
    WeirSinkConn *c = io->arg;
    ssize_t n;
    if (c->ended) {
        Finish(c);
        return;
    }
    if (c->outLen >= EchoLimit(c)) { /* the peer reads its echoes slowly: make it wait */
        FlushEcho(c);
        if (c->outLen >= EchoLimit(c) && !(events & WEIR_POLL_HUP))
            return;
    }
    n = c->read(c);
    if (n == 0)
        Finish(c);
    else if (n == WEIR_CONN_STRAY)
        BreakConn(c, "carries no packets of this flow");
    else if (n < 0 && n != -EAGAIN && n != -EINTR)
        BreakConn(c, "broke");
    else if (c->outLen > 0)
        FlushEcho(c);
}

/* Room for one more connection that has not said whose it is: of those beyond one for
 * each flow that waits for its own, the oldest goes, so that silent strangers do not keep
 * senders out. */
static void LimitUnknown(WeirSinkReader *r)
{
    if (r->unknownConns >= MAX_UNKNOWN + (int)r->fresh.count) {
        atomic_fetch_add(&r->port->receiver->stray, 1);
        WeirSinkConnClose(r->oldestConn);
    }
}

static ssize_t (*ReadOf(const WeirTransport *transport))(WeirSinkConn *)
{
    return transport->stream  ? WeirSinkTcpRead
           : transport->sized ? WeirSinkSctpRead
                              : WeirSinkDccpRead;
}

void WeirSinkConnAccepted(WeirListener *listener, int fd, const WeirAddr *from)
{
    WeirSinkReader *r = listener->arg;
    WeirSinkConn *c = calloc(1, sizeof *c);
    LimitUnknown(r);
    if (c) {
        c->reader = r;
        c->from = *from;
        c->read = ReadOf(r->port->transport);
        c->io.fd = fd;
        c->io.ready = ConnReady;
        c->io.arg = c;
    }
    if (!c || WeirIoAdd(r->worker, &c->io, WEIR_POLL_IN, NULL) < 0) {
        atomic_fetch_add(&r->port->receiver->stray, 1);
        close(fd);
        free(c);
        return;
    }
    AddUnknown(c);
    if (r->awaited == 0) /* only flows without headers: the first bytes say nothing */
        WeirSinkConnTake(c, WeirSinkMatch(r, false, 0, from));
}

void WeirSinkConnStarved(WeirListener *listener, const char *why)
{
    WeirSinkReader *r = listener->arg;
    WeirReceiverStarved(r->port->receiver, why);
}
