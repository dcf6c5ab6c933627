/* Stream connections on a data port: each belongs to the flow that its first header
 * names; packets are cut out of the stream, counted, and for round-trip flows answered.
 */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/flowInt.h"
#include "flow/receiverInt.h"
#include "poll.h"
#include "sock.h"

enum {
    MAX_PACKET = 16 << 20, /* a size above this is garbage */
    MAX_UNKNOWN =
        256, /* connections that have not said whose they are, beside one a flow */
    ECHO_LIMIT = 1 << 20, /* unsent echoes before reading pauses */
    LARGE = 16384,        /* bodies of packets from this size on are not copied */
    READ_BYTES = 1 << 20  /* before the worker looks at its other sockets */
};

struct WeirSinkConn {
    WeirSinkReader *reader;
    WeirSinkEntry *entry;      /* NULL until known, and then */
    WeirSinkConn *next, *prev; /* in the reader's list of those */
    WeirAddr from;
    WeirIo io;
    uint8_t header[WEIR_PAYLOAD_MAX_HEADER];
    uint32_t have, skip; /* header bytes had, body bytes to come */
    WeirPayload packet;
    uint8_t *out; /* echoes that the socket did not take yet */
    size_t outLen, outRoom;
    bool ended; /* the peer will say no more, but still gets what is in `out` */
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

static bool HasHeader(const WeirSinkEntry *e)
{
    return e->flow->said.payload != WEIR_PAYLOAD_NONE;
}

static bool TakeFlow(WeirSinkConn *c, WeirSinkEntry *e)
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

void WeirSinkConnClose(WeirSinkConn *c)
{
    WeirIoRemove(c->reader->worker, &c->io);
    close(c->io.fd);
    if (c->entry) {
        c->entry->conn = NULL;
        c->reader->awaited += HasHeader(c->entry);
        atomic_store(&c->entry->flow->connected, false);
    } else {
        RemoveUnknown(c);
    }
    free(c->out);
    free(c);
}

/* ------------------------------------------------------------ echoes */

/* False when nothing more can be sent. */
static bool FlushEcho(WeirSinkConn *c)
{
    ssize_t n = send(c->io.fd, c->out, c->outLen, MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
        return false;
    if (n > 0) {
        c->outLen -= (size_t)n;
        memmove(c->out, c->out + n, c->outLen);
    }
    WeirIoWant(c->reader->worker, &c->io,
               (c->outLen < ECHO_LIMIT && !c->ended ? WEIR_POLL_IN : 0) |
                   (c->outLen > 0 ? WEIR_POLL_OUT : 0));
    return true;
}

/* As stock receivers answer: the header as it came, then zeros up to the packet's size.
 */
static void Echo(WeirSinkConn *c)
{
    size_t size = c->packet.size,
           head = WeirPayloadBytes(c->entry->flow->said.payload, true);
    if (c->outLen + size > c->outRoom) {
        size_t room = c->outLen + size + 65536;
        uint8_t *more = realloc(c->out, room);
        if (!more)
            return;
        c->out = more;
        c->outRoom = room;
    }
    memcpy(c->out + c->outLen, c->header, head);
    memset(c->out + c->outLen + head, 0, size - head);
    c->outLen += size;
}

/* ------------------------------------------------------------ cutting packets out */

static void PacketDone(WeirSinkConn *c, int64_t rxNs)
{
    WeirSinkPacket(c->entry, &c->packet, c->packet.size, rxNs, rxNs);
    if (c->entry->flow->said.meter == WEIR_ITG_RTTM)
        Echo(c);
    c->have = 0;
}

/* The header is complete; false when it cannot be one. */
static bool HeaderDone(WeirSinkConn *c, size_t head)
{
    WeirPayloadRead(c->header, head, c->entry->flow->said.payload, true, &c->packet);
    if (c->packet.size < head || c->packet.size > MAX_PACKET ||
        c->packet.flowId != c->entry->flow->said.id)
        return false;
    c->skip = c->packet.size - (uint32_t)head;
    return true;
}

/* False when the bytes are no stream of packets. */
static bool Feed(WeirSinkConn *c, const uint8_t *data, size_t len, int64_t rxNs)
{
    size_t head, take;
    while (len > 0) {
        if (!c->entry) { /* the flow id comes first */
            take = len < 4 - c->have ? len : 4 - c->have;
            memcpy(c->header + c->have, data, take);
            c->have += (uint32_t)take;
            data += take;
            len -= take;
            if (c->have == 4) {
                uint32_t id = (uint32_t)c->header[0] << 24 |
                              (uint32_t)c->header[1] << 16 | (uint32_t)c->header[2] << 8 |
                              c->header[3];
                if (!TakeFlow(c, WeirSinkMatch(c->reader, true, id, &c->from)))
                    return false;
            }
            continue;
        }
        if (c->entry->flow->said.payload == WEIR_PAYLOAD_NONE) {
            WeirPayload none = { 0 };
            WeirSinkPacket(c->entry, &none, (uint32_t)(len + c->have), rxNs, rxNs);
            c->have = 0;
            return true;
        }
        head = WeirPayloadBytes(c->entry->flow->said.payload, true);
        if (c->skip > 0) {
            take = len < c->skip ? len : c->skip;
            c->skip -= (uint32_t)take;
        } else {
            take = len < head - c->have ? len : head - c->have;
            memcpy(c->header + c->have, data, take);
            c->have += (uint32_t)take;
            if (c->have < head)
                return true;
            if (!HeaderDone(c, head))
                return false;
        }
        data += take;
        len -= take;
        if (c->skip == 0)
            PacketDone(c, rxNs);
    }
    return true;
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

/* Whether the bytes that come next mean nothing: of a stream without headers, or the body
 * of a large packet. */
static bool Meaningless(const WeirSinkConn *c)
{
    return c->entry && (!HasHeader(c->entry) || (c->skip > 0 && c->packet.size >= LARGE));
}

/* How many bytes to ask for: many packets at once, but of large ones either the rest of
 * the header or that of the body. */
static size_t Wanted(const WeirSinkConn *c)
{
    if (!c->entry || !HasHeader(c->entry) || c->packet.size < LARGE)
        return WEIR_FLOW_STREAM_ROOM;
    return c->skip > 0 ? c->skip
                       : WeirPayloadBytes(c->entry->flow->said.payload, true) - c->have;
}

/* Read what is there, up to READ_BYTES.  The kernel drops meaningless bytes (MSG_TRUNC:
 * nothing is written to `buf`), which saves half of the work of a bulk transfer.  Returns
 * what the last recv said, or -2 when the bytes are no stream of packets. */
static ssize_t ReadConn(WeirSinkConn *c, uint8_t *buf)
{
    size_t wanted, bytes = 0;
    ssize_t n;
    do {
        wanted = Wanted(c);
        n = recv(c->io.fd, buf, wanted, Meaningless(c) ? MSG_TRUNC : 0);
        if (n <= 0)
            return n;
        if (!Feed(c, buf, (size_t)n, WeirRealNs()))
            return -2;
        bytes += (size_t)n;
        if (wanted == WEIR_FLOW_STREAM_ROOM)
            wanted /= 2;
    } while ((size_t)n >= wanted && bytes < READ_BYTES);
    return n;
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
    uint8_t *buf =
        WeirWorkerLocal(c->reader->worker, WEIR_FLOW_LOCAL_STREAM, MakeBuffer, free);
    ssize_t n;
    if (!buf)
        return;
    if (c->ended) {
        Finish(c);
        return;
    }
    if (c->outLen >= ECHO_LIMIT) { /* the peer reads its echoes slowly: make it wait */
        FlushEcho(c);
        if (c->outLen >= ECHO_LIMIT && !(events & WEIR_POLL_HUP))
            return;
    }
    n = ReadConn(c, buf);
    if (n == 0) {
        Finish(c);
    } else if (n == -2) {
        BreakConn(c, "carries no packets of this flow");
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
        BreakConn(c, "broke");
    } else if (c->outLen > 0) {
        FlushEcho(c);
    }
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

void WeirSinkTcpAccepted(WeirListener *listener, int fd, const WeirAddr *from)
{
    WeirSinkReader *r = listener->arg;
    WeirSinkConn *c = calloc(1, sizeof *c);
    LimitUnknown(r);
    if (c) {
        c->reader = r;
        c->from = *from;
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
        TakeFlow(c, WeirSinkMatch(r, false, 0, from));
}

void WeirSinkTcpStarved(WeirListener *listener, const char *why)
{
    WeirSinkReader *r = listener->arg;
    WeirReceiverStarved(r->port->receiver, why);
}
