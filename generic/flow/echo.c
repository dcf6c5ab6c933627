/* What comes back on a sender's data socket: the echoes of a round-trip flow, whose delay
 * is the round trip, and the end of a stream connection. */
#include "config.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include "batch.h"
#include "base/clock.h"
#include "flow/flowInt.h"
#include "itg/icmp.h"

enum { ECHO_ROOM = 96, ECHO_BATCH = 32 };
enum { ROUNDS = 16 }; /* reads before the worker looks at its other flows */
#define FIRST_PATIENCE_NS (5 * WEIR_NS_PER_S)
#define LAST_PATIENCE_NS  (50 * WEIR_NS_PER_MS)

static void *MakeBatch(void)
{
    return WeirBatchNew(ECHO_BATCH, ECHO_ROOM);
}

static void ReleaseBatch(void *batch)
{
    WeirBatchFree(batch);
}

/* One echo: the header's own sending time, whole microseconds. */
static void Arrived(WeirFlow *f, const WeirPayload *p, uint32_t size, int64_t rxNs)
{
    WeirSend *s = &f->send;
    int64_t txNs = WeirPayloadTime(p, rxNs);
    WeirAccountAdd(f->echo, p->seq, size, txNs, rxNs);
    s->lastEchoNs = WeirMonoNs();
    if (rxNs - txNs > s->worstEchoNs)
        s->worstEchoNs = rxNs - txNs;
    if (p->seq > s->highestEcho)
        s->highestEcho = p->seq;
    if (f->lane) {
        WeirRecord r = { txNs, rxNs, f->logFlow, p->seq, size, 0 };
        WeirLogPut(f->lane, &r);
    }
}

/* One datagram; an ICMP message counts without its headers. */
static void OneEcho(WeirFlow *f, const WeirPacketIn *in)
{
    bool v6 = f->dst.sa.sa_family == AF_INET6;
    WeirPayload p;
    WeirIcmp icmp = { 0 };
    if (f->transport->code == WEIR_ITG_ICMP &&
        (!WeirIcmpRead(in->data, in->kept, v6, &icmp) ||
         icmp.type != WeirIcmpEchoReply(v6)))
        return;
    if (WeirPayloadRead(in->data + icmp.headBytes, in->kept - icmp.headBytes, f->payload,
                        f->transport->sized, &p) &&
        p.flowId == f->id)
        Arrived(f, &p, in->len - (uint32_t)icmp.headBytes, in->stampNs);
}

static int Closed(WeirFlow *f, WeirErr *err)
{
    char dst[WEIR_ADDR_TEXT];
    return WeirFail(err, WEIR_E_PEER, "the receiver closed the data connection to %s",
                    WeirAddrText(&f->dst, dst));
}

/* Errors of an unconnected peer are those of single packets. */
static int ReadDatagrams(WeirFlow *f, WeirErr *err)
{
    WeirBatch *batch =
        WeirWorkerLocal(f->worker, WEIR_FLOW_LOCAL_ECHO, MakeBatch, ReleaseBatch);
    WeirPacketIn *in;
    bool connected = f->transport->connected;
    int i, n = 0, round;
    for (round = 0; batch && round < ROUNDS; round++) {
        n = WeirBatchRead(batch, f->send.io.fd, &in);
        if (n > 0 && connected && in[0].len == 0)
            return Closed(f, err);
        for (i = 0; f->roundTrip && i < n; i++)
            OneEcho(f, &in[i]);
        if (n < ECHO_BATCH)
            break;
    }
    return connected && n < 0 && n != -EAGAIN && n != -EINTR ? WeirSendBroken(f, -n, err)
                                                             : WEIR_OK;
}

/* Feed bytes of a stream, or of messages one after the other: header, then as many bytes
 * as it says. */
static void Feed(WeirFlow *f, const uint8_t *data, size_t len, int64_t rxNs)
{
    WeirEchoStream *e = &f->send.echo;
    size_t head = WeirPayloadBytes(f->payload, f->transport->sized), take;
    while (len > 0) {
        if (e->skip > 0) {
            take = len < e->skip ? len : e->skip;
            e->skip -= (uint32_t)take;
        } else {
            take = len < head - e->have ? len : head - e->have;
            memcpy(e->header + e->have, data, take);
            e->have += (uint32_t)take;
            if (e->have == head) {
                WeirPayload p;
                WeirPayloadRead(e->header, head, f->payload, f->transport->sized, &p);
                e->have = 0;
                e->skip = p.size > head ? p.size - (uint32_t)head : 0;
                if (p.flowId == f->id)
                    Arrived(f, &p, p.size, rxNs);
            }
        }
        data += take;
        len -= take;
    }
}

static int ReadStream(WeirFlow *f, WeirErr *err)
{
    uint8_t buf[65536];
    ssize_t n = 1;
    int round;
    for (round = 0; round < ROUNDS; round++) {
        n = recv(f->send.io.fd, buf, sizeof buf, 0);
        if (n <= 0)
            break;
        if (f->roundTrip)
            Feed(f, buf, (size_t)n, WeirRealNs());
    }
    if (n > 0)
        return WEIR_OK;
    if (n == 0)
        return Closed(f, err);
    return errno == EAGAIN || errno == EINTR ? WEIR_OK : WeirSendBroken(f, errno, err);
}

int WeirEchoRead(WeirFlow *f, WeirErr *err)
{
    return f->transport->sized ? ReadStream(f, err) : ReadDatagrams(f, err);
}

/* All packets that left have come back, duplicates apart. */
static bool Complete(WeirFlow *f)
{
    int64_t packets = 0, bytes = 0, sent = WeirReportPackets(&f->report);
    WeirFigures figures;
    WeirAccountTotals(f->echo, &packets, &bytes);
    if (packets < sent)
        return false;
    WeirAccountFigures(f->echo, &figures);
    return figures.seq.received >= sent;
}

/* How long to wait for the next echo.  After that of the last packet only those come
 * that were overtaken; while there was none at all nothing is known of the path. */
static int64_t PatienceNs(const WeirFlow *f)
{
    const WeirSend *s = &f->send;
    bool lastCame = s->highestEcho + 1 >= f->schedule.nextSeq;
    int64_t ns = lastCame ? s->worstEchoNs : 4 * s->worstEchoNs;
    int64_t leastNs = lastCame              ? LAST_PATIENCE_NS
                      : s->worstEchoNs == 0 ? FIRST_PATIENCE_NS
                                            : WEIR_NS_PER_S;
    return ns > leastNs ? ns : leastNs;
}

bool WeirEchoExpected(WeirFlow *f, int64_t nowNs)
{
    return f->roundTrip && nowNs - f->send.lastEchoNs < PatienceNs(f) && !Complete(f);
}
