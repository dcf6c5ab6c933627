/* Packets that are each a message of a connection: SCTP and DCCP. */
#include "config.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "base/clock.h"
#include "batch.h"
#include "receiver/sinkConn.h"
#include "sctp.h"

enum { MAX_MESSAGE = 16 << 20 }; /* a larger one is no packet, and would be echoed */

/* A message has ended, whose beginning is in the connection's header; false when it is no
 * packet of the connection's flow. */
static bool MessageDone(WeirSinkConn *c, uint32_t size, int64_t rxNs, int64_t readNs)
{
    bool sized = c->reader->port->transport->sized;
    WeirPayload *p = &c->packet;
    int kind;
    if (!c->entry) {
        bool hasId = WeirPayloadRead(c->header, c->have, WEIR_PAYLOAD_SHORT, false, p);
        if (!WeirSinkConnTake(c, WeirSinkMatch(c->reader, hasId, p->flowId, &c->from)))
            return false;
    }
    kind = WeirSinkConnPayload(c);
    if (!WeirPayloadRead(c->header, c->have, kind, sized, p) ||
        (kind != WEIR_PAYLOAD_NONE && p->flowId != c->entry->flow->said.id))
        return false;
    WeirSinkPacket(c->entry, p, size, rxNs, readNs);
    return true;
}

static void KeepHeader(WeirSinkConn *c, const uint8_t *data, size_t len)
{
    size_t room = sizeof c->header - c->have, take = len < room ? len : room;
    memcpy(c->header + c->have, data, take);
    c->have += (uint32_t)take;
}

static bool WantsEcho(const WeirSinkConn *c)
{
    return c->entry->flow->said.meter == WEIR_ITG_RTTM;
}

/* A message that is larger than the buffer, or that the kernel hands out while it still
 * arrives, comes in parts. */
ssize_t WeirSinkSctpRead(WeirSinkConn *c)
{
    uint8_t *buf = WeirSinkConnBuffer(c);
    WeirSctpMessage message;
    ssize_t n = -EAGAIN;
    int i;
    for (i = 0; buf && i < WEIR_CONN_BATCH; i++) {
        int64_t readNs;
        n = WeirSctpReceive(c->io.fd, buf, WEIR_FLOW_STREAM_ROOM, &message);
        if (n <= 0)
            return n;
        readNs = WeirRealNs();
        KeepHeader(c, buf, (size_t)n);
        c->size += (uint32_t)n;
        if (c->size > MAX_MESSAGE)
            return WEIR_CONN_STRAY;
        if (!message.whole)
            continue;
        if (!MessageDone(c, c->size, message.stampNs ? message.stampNs : readNs, readNs))
            return WEIR_CONN_STRAY;
        if (WantsEcho(c))
            WeirSinkConnEcho(c, c->size);
        c->have = c->size = 0;
        if (c->outLen > 0) /* it leaves before the next message is read */
            break;
    }
    return n;
}

ssize_t WeirSinkDccpRead(WeirSinkConn *c)
{
    WeirBatch *batch = WeirSinkBatch(c->reader);
    WeirPacketIn *in;
    int i, n = batch ? WeirBatchRead(batch, c->io.fd, &in) : -EAGAIN;
    int64_t readNs = WeirRealNs();
    for (i = 0; i < n; i++) {
        if (in[i].len == 0) /* the end: DCCP has no empty packets */
            return 0;
        c->have = 0;
        KeepHeader(c, in[i].data, in[i].kept);
        if (!MessageDone(c, in[i].len, in[i].stampNs, readNs))
            return WEIR_CONN_STRAY;
        if (WantsEcho(c)) /* unchanged; congestion may lose it as any other packet */
            send(c->io.fd, in[i].data, in[i].kept, MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return n;
}
