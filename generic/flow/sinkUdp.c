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
static WeirBatch *BatchFor(const WeirSinkPort *p)
{
    return p->echoing > 0
               ? WeirWorkerLocal(p->worker, WEIR_FLOW_LOCAL_WHOLE, MakeWhole, Release)
               : WeirWorkerLocal(p->worker, WEIR_FLOW_LOCAL_SHORT, MakeShort, Release);
}

static void OnePacket(WeirSinkPort *port, const WeirPacketIn *in)
{
    WeirPayload p;
    bool hasId = WeirPayloadRead(in->data, in->kept, WEIR_PAYLOAD_SHORT, false, &p);
    WeirSinkFlow *f = WeirSinkMatch(port, hasId, p.flowId, &in->from);
    if (!f || !WeirPayloadRead(in->data, in->kept, f->said.payload, false, &p)) {
        atomic_fetch_add(&port->receiver->stray, 1);
        return;
    }
    WeirSinkPacket(f, &p, in->len, in->stampNs);
    if (f->said.meter == WEIR_ITG_RTTM)
        WeirBatchSendTo(port->io.fd, in->data, in->kept, &in->from);
}

void WeirSinkUdpReady(WeirIo *io, unsigned events)
{
    WeirSinkPort *port = io->arg;
    WeirBatch *batch = BatchFor(port);
    WeirPacketIn *in;
    int i, n, round;
    for (round = 0; batch && round < ROUNDS; round++) {
        n = WeirBatchRead(batch, io->fd, &in);
        for (i = 0; i < n; i++)
            OnePacket(port, &in[i]);
        if (n < WHOLE_BATCH)
            break;
    }
    if (round > 0) /* busy: the only time when packets are dropped */
        WeirSinkCountDrops(port);
}
