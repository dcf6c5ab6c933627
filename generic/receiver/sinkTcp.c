/* Packets that are cut out of a stream, by the sizes in their headers. */
#include "config.h"
#include <string.h>
#include <errno.h>
#include <sys/socket.h>
#include "base/clock.h"
#include "receiver/sinkConn.h"

enum {
    MAX_PACKET = 16 << 20, /* a size above this is garbage */
    LARGE = 16384,         /* bodies of packets from this size on are not copied */
    READ_BYTES = 1 << 20   /* before the worker looks at its other sockets */
};

/* ------------------------------------------------------------ cutting packets out */

static void PacketDone(WeirSinkConn *c, int64_t rxNs)
{
    WeirSinkPacket(c->entry, &c->packet, c->packet.size, rxNs, rxNs);
    if (c->entry->flow->said.meter == WEIR_ITG_RTTM)
        WeirSinkConnEcho(c, c->packet.size);
    c->have = 0;
}

/* The header is complete; false when it cannot be one. */
static bool HeaderDone(WeirSinkConn *c, size_t head)
{
    WeirPayloadRead(c->header, head, WeirSinkConnPayload(c), true, &c->packet);
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
                if (!WeirSinkConnTake(c, WeirSinkMatch(c->reader, true, id, &c->from)))
                    return false;
            }
            continue;
        }
        if (WeirSinkConnPayload(c) == WEIR_PAYLOAD_NONE) {
            WeirPayload none = { 0 };
            WeirSinkPacket(c->entry, &none, (uint32_t)(len + c->have), rxNs, rxNs);
            c->have = 0;
            return true;
        }
        head = WeirPayloadBytes(WeirSinkConnPayload(c), true);
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

/* ------------------------------------------------------------ reading */

static bool HasHeaders(const WeirSinkConn *c)
{
    return WeirSinkConnPayload(c) != WEIR_PAYLOAD_NONE;
}

/* Whether the bytes that come next mean nothing: of a stream without headers, or the body
 * of a large packet. */
static bool Meaningless(const WeirSinkConn *c)
{
    return c->entry && (!HasHeaders(c) || (c->skip > 0 && c->packet.size >= LARGE));
}

/* How many bytes to ask for: many packets at once, but of large ones either the rest of
 * the header or that of the body. */
static size_t Wanted(const WeirSinkConn *c)
{
    if (!c->entry || !HasHeaders(c) || c->packet.size < LARGE)
        return WEIR_FLOW_STREAM_ROOM;
    return c->skip > 0 ? c->skip
                       : WeirPayloadBytes(WeirSinkConnPayload(c), true) - c->have;
}

/* Up to READ_BYTES.  The kernel drops meaningless bytes (MSG_TRUNC: nothing is written to
 * the buffer), which saves half of the work of a bulk transfer. */
ssize_t WeirSinkTcpRead(WeirSinkConn *c)
{
    uint8_t *buf = WeirSinkConnBuffer(c);
    size_t wanted, bytes = 0;
    ssize_t n;
    if (!buf)
        return -EAGAIN;
    do {
        wanted = Wanted(c);
        n = recv(c->io.fd, buf, wanted, Meaningless(c) ? MSG_TRUNC : 0);
        if (n <= 0)
            return n < 0 ? -errno : 0;
        if (!Feed(c, buf, (size_t)n, WeirRealNs()))
            return WEIR_CONN_STRAY;
        bytes += (size_t)n;
        if (wanted == WEIR_FLOW_STREAM_ROOM)
            wanted /= 2;
    } while ((size_t)n >= wanted && bytes < READ_BYTES);
    return n;
}
