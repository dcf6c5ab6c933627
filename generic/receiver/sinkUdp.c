/* Datagrams that arrive on a data port: read in batches with the kernel's stamps,
 * counted, and for round-trip flows sent back as they are, each number once: an echo that
 * a forged source brings to another receiver does not go to and fro for ever.  ICMP
 * messages are read here as well and go on to sinkIcmp.c. */
#include "config.h"
#include "base/clock.h"
#include "batch.h"
#include "poll.h"
#include "receiver/receiverInt.h"
#include "sock.h"
#include "wire/slots.h"

enum { SHORT_ROOM = 96, WHOLE_ROOM = 65536, WHOLE_BATCH = 16 };
#define REST_NS          (400 * WEIR_NS_PER_US)
#define LEAST_REST_NS    (50 * WEIR_NS_PER_US)
#define REST_NS_PER_BYTE 0.5    /* of the receive buffer */
enum { ROUNDS = 16 };           /* batches before the worker looks at its other sockets */
enum { BACKLOG_ROUNDS = 4096 }; /* a bound on a backlog, of a million packets */

static void *MakeShort(void)
{
    return WeirBatchNew(WEIR_BATCH_MAX, SHORT_ROOM);
}

static void *MakeWhole(void)
{
    return WeirBatchNew(WHOLE_BATCH, WHOLE_ROOM);
}

static void Release(void *batch)
{
    WeirBatchFree(batch);
}

/* Only the start of a packet is kept, unless someone on this port wants echoes. */
WeirBatch *WeirSinkBatch(const WeirSinkReader *r)
{
    return r->echoing > 0
               ? WeirWorkerLocal(r->worker, WEIR_FLOW_LOCAL_WHOLE, MakeWhole, Release)
               : WeirWorkerLocal(r->worker, WEIR_FLOW_LOCAL_SHORT, MakeShort, Release);
}

static void OnePacket(WeirSinkReader *r, const WeirPacketIn *in, int64_t readNs)
{
    WeirPayload p;
    bool fresh,
        hasId = WeirPayloadRead(in->data, in->kept, WEIR_PAYLOAD_SHORT, false, &p);
    WeirSinkEntry *e = WeirSinkMatch(r, hasId, p.flowId, &in->from);
    if (!e || !WeirPayloadRead(in->data, in->kept, e->flow->said.payload, false, &p)) {
        atomic_fetch_add(&r->port->receiver->stray, 1);
        return;
    }
    fresh = WeirSinkPacket(e, &p, in->len, in->stampNs, readNs);
    if (fresh && e->flow->said.meter == WEIR_ITG_RTTM) {
        struct iovec all = { (void *)(uintptr_t)in->data, in->kept };
        WeirBatchSendTo(r->fd, &all, 1, &in->from, e->flow->said.dsByte);
    }
}

bool WeirSinkUdpRead(WeirSinkReader *r)
{
    bool icmp = r->port->transport->code == WEIR_ITG_ICMP;
    void (*one)(WeirSinkReader *, const WeirPacketIn *, int64_t) =
        icmp ? WeirSinkIcmpPacket : OnePacket;
    WeirBatch *batch = WeirSinkBatch(r);
    WeirPacketIn *in;
    int64_t readNs;
    int i, n = 0, round;
    for (round = 0; batch && round < ROUNDS; round++) {
        n = WeirBatchRead(batch, r->fd, &in);
        readNs = WeirRealNs();
        for (i = 0; i < n; i++)
            one(r, &in[i], readNs);
        if (n > 0)
            r->stampNs = in[n - 1].stampNs;
        if (n < WHOLE_BATCH)
            break;
    }
    return round > 0 || n > 0;
}

void WeirSinkUdpReadAll(WeirSinkReader *r)
{
    int64_t nowNs = WeirRealNs();
    int left = BACKLOG_ROUNDS;
    while (WeirSinkUdpRead(r) && r->stampNs < nowNs && --left > 0)
        continue;
}

/* Read and, as that is the only time when packets are dropped, count those. */
static bool ReadAndCount(WeirSinkReader *r)
{
    bool any = WeirSinkUdpRead(r);
    WeirSinkCountDrops(r);
    return any;
}

/* When the socket has nothing after a rest, its next packet wakes the worker again. */
static void Rested(WeirTimer *timer, int64_t nowNs)
{
    WeirSinkReader *r = timer->arg;
    if (r->echoing == 0 && ReadAndCount(r))
        WeirTimerSet(r->worker, timer, nowNs + r->restNs);
    else
        WeirIoWant(r->worker, &r->io, WEIR_POLL_IN);
}

/* Small packets, which the kernel counts as 1 KiB each, fill half of the buffer in a rest
 * when they come at a million in a second. */
int64_t WeirSinkUdpRestNs(int fd)
{
    int64_t ns = (int64_t)(REST_NS_PER_BYTE * WeirSockReceiveBytes(fd));
    return ns < LEAST_REST_NS ? 0 : ns < REST_NS ? ns : REST_NS;
}

/* Packets that come faster than one in a rest are read some at a time, as drivers of
 * network cards do it: a wake-up costs more than a packet, and a sender on this machine
 * pays for it.  The kernel's stamps keep the times exact.  Echoes must not wait. */
void WeirSinkUdpReady(WeirIo *io, unsigned events)
{
    WeirSinkReader *r = io->arg;
    int64_t nowNs = WeirMonoNs(), sinceNs = nowNs - r->readNs;
    r->readNs = nowNs;
    ReadAndCount(r);
    if (sinceNs < r->restNs && r->echoing == 0) {
        WeirIoWant(r->worker, io, 0);
        r->rest.fire = Rested;
        r->rest.arg = r;
        WeirTimerSet(r->worker, &r->rest, nowNs + r->restNs);
    }
}

void WeirSinkUdpStop(WeirSinkReader *r)
{
    WeirTimerStop(r->worker, &r->rest);
    WeirIoRemove(r->worker, &r->io);
}
