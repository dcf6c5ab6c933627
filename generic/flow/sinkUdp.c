/* Datagrams that arrive on a data port: read in batches with the kernel's stamps,
 * counted, and for round-trip flows sent back as they are. */
#include "config.h"
#include "batch.h"
#include "flow/flowInt.h"
#include "flow/receiverInt.h"

enum { SHORT_ROOM = 64, WHOLE_ROOM = 65536, WHOLE_BATCH = 16 };
enum { ROUNDS = 16 }; /* batches before the worker looks at its other sockets */

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
static WeirBatch *BatchFor(const WeirSinkReader *r)
{
    return r->echoing > 0
               ? WeirWorkerLocal(r->worker, WEIR_FLOW_LOCAL_WHOLE, MakeWhole, Release)
               : WeirWorkerLocal(r->worker, WEIR_FLOW_LOCAL_SHORT, MakeShort, Release);
}

static void OnePacket(WeirSinkReader *r, const WeirPacketIn *in)
{
    WeirPayload p;
    bool hasId = WeirPayloadRead(in->data, in->kept, WEIR_PAYLOAD_SHORT, false, &p);
    WeirSinkEntry *e = WeirSinkMatch(r, hasId, p.flowId, &in->from);
    if (!e || !WeirPayloadRead(in->data, in->kept, e->flow->said.payload, false, &p)) {
        atomic_fetch_add(&r->port->receiver->stray, 1);
        return;
    }
    WeirSinkPacket(e, &p, in->len, in->stampNs);
    if (e->flow->said.meter == WEIR_ITG_RTTM)
        WeirBatchSendTo(r->fd, in->data, in->kept, &in->from);
}

void WeirSinkUdpRead(WeirSinkReader *r)
{
    WeirBatch *batch = BatchFor(r);
    WeirPacketIn *in;
    int i, n, round;
    for (round = 0; batch && round < ROUNDS; round++) {
        n = WeirBatchRead(batch, r->fd, &in);
        for (i = 0; i < n; i++)
            OnePacket(r, &in[i]);
        if (n < WHOLE_BATCH)
            break;
    }
}

void WeirSinkUdpReady(WeirIo *io, unsigned events)
{
    WeirSinkUdpRead(io->arg);
    WeirSinkCountDrops(io->arg); /* busy: the only time when packets are dropped */
}
