/* Data ports and the flows on them: opening, matching packets to flows, counting,
 * draining. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/receiverInt.h"
#include "poll.h"
#include "sock.h"

#define DRAIN_LIMIT_NS WEIR_NS_PER_S       /* a source that never falls silent */
#define LOG_LIMIT_NS   (2 * WEIR_NS_PER_S) /* a disk that does not come back */
#define DRAIN_LOOK_NS  (10 * WEIR_NS_PER_MS)
enum { TELNET_OVERHEAD = 20 }; /* D-ITG logs telnet sizes without it */

/* ------------------------------------------------------------ flows */

WeirSinkFlow *WeirSinkFlowRef(WeirSinkFlow *f)
{
    atomic_fetch_add(&f->refs, 1);
    return f;
}

/* The receiver's list keeps every flow for its figures; what is left to do at the very
 * end is freeing. */
void WeirSinkFlowUnref(WeirSinkFlow *f)
{
    if (!f || atomic_fetch_sub(&f->refs, 1) != 1)
        return;
    if (f->log)
        WeirLogClose(f->log, NULL);
    WeirAccountFree(f->account);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* Append to the receiver's list, which takes one reference. */
static bool Enlist(WeirReceiver *r, WeirSinkFlow *f)
{
    bool ok = true;
    pthread_mutex_lock(&r->lock);
    if (r->flowCount == r->flowRoom) {
        int room = r->flowRoom ? 2 * r->flowRoom : 16;
        WeirSinkFlow **more = realloc(r->flows, (size_t)room * sizeof *more);
        ok = more != NULL;
        if (ok) {
            r->flows = more;
            r->flowRoom = room;
        }
    }
    if (ok) {
        f->number = r->flowCount;
        r->flows[r->flowCount++] = WeirSinkFlowRef(f);
    }
    pthread_mutex_unlock(&r->lock);
    return ok;
}

WeirSinkFlow *WeirSinkFlowNew(WeirReceiver *r, const WeirTspFlow *said,
                              const WeirAddr *peer, const char *logPath, WeirErr *err)
{
    WeirSinkFlow *f = calloc(1, sizeof *f);
    const char *path = r->log ? r->logPath : logPath;
    if (f) {
        atomic_init(&f->refs, 1);
        pthread_mutex_init(&f->lock, NULL);
        f->receiver = r;
        f->said = *said;
        f->stream = said->protocol == WEIR_ITG_TCP;
        f->peer = *peer;
        f->source.sa.sa_family = f->shownSource.sa.sa_family = AF_UNSPEC;
        f->shownDst = said->dst;
        f->account = WeirAccountNew(said->payload == WEIR_PAYLOAD_STANDARD,
                                    said->payload != WEIR_PAYLOAD_NONE);
        if (path && WeirLogOpen(path, (WeirLogFormat)r->logFormat, 0, &f->log, err) < 0) {
            WeirSinkFlowUnref(f);
            return NULL;
        }
        f->port = f->account ? WeirSinkPortFor(r, said) : NULL;
    }
    if (!f || !f->account || !f->port || !Enlist(r, f)) {
        WeirFail(err, WEIR_E_MEMORY, "out of memory");
        if (f && f->port)
            WeirSinkPortDrop(f->port);
        WeirSinkFlowUnref(f);
        return NULL;
    }
    f->worker = f->port->worker;
    f->active = true;
    atomic_fetch_add(&r->flowsActive, 1);
    WeirReceiverBusy(1);
    return f;
}

/* ------------------------------------------------------------ ports: control worker */

/* Where a flow's data socket binds: what the sender asked, or the receiver's -bind. */
static WeirAddr PortAddress(const WeirReceiver *r, const WeirTspFlow *said)
{
    WeirAddr addr = r->bindAddr;
    if (addr.sa.sa_family == AF_UNSPEC)
        return said->dst;
    WeirAddrSetPort(&addr, WeirAddrPort(&said->dst));
    return addr;
}

WeirSinkPort *WeirSinkPortFor(WeirReceiver *r, const WeirTspFlow *said)
{
    WeirAddr addr = PortAddress(r, said);
    bool stream = said->protocol == WEIR_ITG_TCP;
    WeirSinkPort *p;
    for (p = r->ports; p; p = p->next) {
        if (p->stream == stream && WeirAddrPort(&addr) != 0 &&
            WeirAddrSame(&p->addr, &addr)) {
            p->users++;
            return p;
        }
    }
    p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->receiver = WeirReceiverRef(r);
    p->worker = WeirEnginePick(r->engine);
    p->addr = addr;
    p->stream = stream;
    p->io.fd = -1;
    p->users = 1;
    p->next = r->ports;
    r->ports = p;
    return p;
}

/* Sink worker, after the last flow has left. */
static void FreePort(void *arg)
{
    WeirSinkPort *p = arg;
    while (p->conns)
        WeirSinkConnClose(p->conns);
    if (p->io.fd >= 0) {
        WeirIoRemove(p->worker, &p->io);
        close(p->io.fd);
    }
    WeirWorkerUnload(p->worker);
    WeirReceiverUnref(p->receiver);
    free(p);
}

void WeirSinkPortDrop(WeirSinkPort *p)
{
    WeirSinkPort **link = &p->receiver->ports;
    if (--p->users > 0)
        return;
    while (*link != p)
        link = &(*link)->next;
    *link = p->next;
    WeirWorkerPost(p->worker, FreePort, p);
}

/* ------------------------------------------------------------ ports: sink worker */

static int OpenPort(WeirSinkPort *p, const WeirSinkFlow *f, WeirErr *err)
{
    WeirReceiver *r = p->receiver;
    WeirSockOpts opts = { .dsByte = f->said.dsByte,
                          .interface = r->interface,
                          .receiveBytes = p->stream ? 0 : r->bufferBytes,
                          .stamps = !p->stream,
                          .reuse = p->stream };
    int fd = p->stream
                 ? WeirSockListen(&p->addr, &opts, err)
                 : WeirSockOpen(p->addr.sa.sa_family, SOCK_DGRAM, &p->addr, &opts, err);
    if (fd < 0)
        return fd;
    p->io.fd = fd;
    p->io.arg = p;
    p->io.ready = p->stream ? WeirSinkTcpReady : WeirSinkUdpReady;
    if (WeirIoAdd(p->worker, &p->io, WEIR_POLL_IN, err) < 0) {
        close(fd);
        p->io.fd = -1;
        return err->code;
    }
    return WEIR_OK;
}

static WeirSinkFlow **Bucket(WeirSinkPort *p, uint32_t id)
{
    return &p->buckets[(id ^ id >> 6) % WEIR_SINK_BUCKETS];
}

static void Attach(WeirSinkFlow *f)
{
    WeirSinkPort *p = f->port;
    WeirSinkFlow **bucket = Bucket(p, f->said.id);
    f->nextInPort = p->flows;
    p->flows = f;
    if (f->said.payload != WEIR_PAYLOAD_NONE) {
        f->nextInBucket = *bucket;
        *bucket = f;
    }
    if (f->said.meter == WEIR_ITG_RTTM)
        p->echoing++;
    f->dropsBefore = WeirSockDrops(p->io.fd);
    f->attached = true;
}

static void Detach(WeirSinkFlow *f)
{
    WeirSinkPort *p = f->port;
    WeirSinkFlow **link;
    for (link = &p->flows; *link != f; link = &(*link)->nextInPort)
        continue;
    *link = f->nextInPort;
    if (f->said.payload != WEIR_PAYLOAD_NONE) {
        for (link = Bucket(p, f->said.id); *link != f; link = &(*link)->nextInBucket)
            continue;
        *link = f->nextInBucket;
    }
    if (f->said.meter == WEIR_ITG_RTTM)
        p->echoing--;
    if (p->lastHit == f)
        p->lastHit = NULL;
    f->attached = false;
}

void WeirSinkAdd(void *arg)
{
    WeirSinkFlow *f = arg;
    WeirSinkPort *p = f->port;
    WeirErr err;
    if (p->io.fd < 0 && OpenPort(p, f, &err) < 0) {
        pthread_mutex_lock(&f->lock);
        f->reason = err;
        pthread_mutex_unlock(&f->lock);
        WeirWorkerPost(WeirEngineControl(f->receiver->engine), WeirRecvFlowRefused, f);
        return;
    }
    pthread_mutex_lock(&f->lock);
    f->shownDst = WeirSockLocal(p->io.fd);
    pthread_mutex_unlock(&f->lock);
    Attach(f);
    WeirWorkerPost(WeirEngineControl(f->receiver->engine), WeirRecvFlowAdded, f);
}

/* ------------------------------------------------------------ packets */

/* Of the flows with this id: the one that has heard this source before, else the oldest
 * that has heard nobody and whose sender signals from the same host, else the oldest that
 * has heard nobody (the lists start with the youngest). */
static WeirSinkFlow *Choose(WeirSinkFlow *first, bool byBucket, uint32_t id,
                            const WeirAddr *from)
{
    WeirSinkFlow *f, *sameHost = NULL, *free1 = NULL;
    for (f = first; f; f = byBucket ? f->nextInBucket : f->nextInPort) {
        if (byBucket ? f->said.id != id : f->said.payload != WEIR_PAYLOAD_NONE)
            continue;
        if (f->source.sa.sa_family == AF_UNSPEC) {
            if (WeirAddrSameHost(&f->peer, from))
                sameHost = f;
            free1 = f;
        } else if (WeirAddrSame(&f->source, from)) {
            return f;
        }
    }
    return sameHost ? sameHost : free1;
}

WeirSinkFlow *WeirSinkMatch(WeirSinkPort *p, bool hasId, uint32_t id,
                            const WeirAddr *from)
{
    WeirSinkFlow *f = p->lastHit;
    if (f && hasId && f->said.id == id && f->said.payload != WEIR_PAYLOAD_NONE &&
        WeirAddrSame(&f->source, from))
        return f;
    f = hasId ? Choose(*Bucket(p, id), true, id, from) : NULL;
    if (!f)
        f = Choose(p->flows, false, id, from);
    if (f && f->source.sa.sa_family == AF_UNSPEC)
        WeirSinkBindSource(f, from);
    p->lastHit = f;
    return f;
}

void WeirSinkBindSource(WeirSinkFlow *f, const WeirAddr *from)
{
    WeirLogFlow row = { .id = f->said.id,
                        .src = *from,
                        .dst = f->said.dst,
                        .protocol = f->said.protocol,
                        .meter = f->said.meter,
                        .payload = f->said.payload,
                        .side = 1 };
    f->source = *from;
    WeirAddrUnmap(&row.src);
    pthread_mutex_lock(&f->lock);
    f->shownSource = row.src;
    WeirAddrSetPort(&row.dst, WeirAddrPort(&f->shownDst));
    pthread_mutex_unlock(&f->lock);
    if (f->log && WeirLogAddFlow(f->log, &row, &f->logFlow, NULL) == 0)
        f->lane = WeirLogLaneFor(f->log, WeirWorkerIndex(f->worker));
}

void WeirSinkPacket(WeirSinkFlow *f, const WeirPayload *p, uint32_t size, int64_t rxNs)
{
    int64_t txNs = rxNs;
    if (f->said.payload == WEIR_PAYLOAD_STANDARD)
        txNs = WeirPayloadTime(p, rxNs);
    WeirAccountAdd(f->account, p->seq, size, txNs, rxNs);
    f->lastNs = rxNs;
    if (f->lane) {
        WeirRecord r = { txNs, rxNs, f->logFlow, p->seq, size, 0 };
        if (f->said.application == WEIR_ITG_L7_TELNET && r.size >= TELNET_OVERHEAD)
            r.size -= TELNET_OVERHEAD;
        WeirLogPut(f->lane, &r);
    }
}

/* ------------------------------------------------------------ draining */

int64_t WeirSinkCountDrops(WeirSinkPort *p)
{
    int64_t drops = WeirSockDrops(p->io.fd);
    if (drops > p->dropsCounted) {
        atomic_fetch_add(&p->receiver->kernelDrops, drops - p->dropsCounted);
        p->dropsCounted = drops;
    }
    return drops;
}

/* The flow's packets have all arrived: silence, the end of its stream, or long enough. */
static bool Silent(WeirSinkFlow *f, int64_t nowNs)
{
    if (nowNs >= f->drainEndNs || f->streamEnded)
        return true;
    if (f->stream && f->conn)
        return false;
    return WeirRealNs() - f->lastNs >= f->receiver->drainNs;
}

static void Finish(WeirSinkFlow *f)
{
    WeirErr err = { 0, 0, "" };
    int64_t drops = WeirSinkCountDrops(f->port);
    if (f->conn)
        WeirSinkConnClose(f->conn);
    Detach(f);
    pthread_mutex_lock(&f->lock);
    if (drops > f->dropsBefore)
        f->kernelDrops = drops - f->dropsBefore;
    if (f->log && WeirLogError(f->log, &err) < 0 && !f->reason.code)
        f->reason = err;
    pthread_mutex_unlock(&f->lock);
    WeirWorkerPost(WeirEngineControl(f->receiver->engine), WeirRecvFlowEnded, f);
}

/* Consumes the drain's reference when done.  The records must be in the file before the
 * sender is told, because it may read them right away. */
static void DrainLook(WeirTimer *timer, int64_t nowNs)
{
    WeirSinkFlow *f = timer->arg;
    bool logged = !f->log || WeirLogIdle(f->log) || WeirLogError(f->log, NULL) < 0 ||
                  nowNs >= f->drainEndNs + LOG_LIMIT_NS;
    if (Silent(f, nowNs) && logged)
        Finish(f);
    else
        WeirTimerSet(f->worker, timer, nowNs + DRAIN_LOOK_NS);
}

void WeirSinkDrain(void *arg)
{
    WeirSinkFlow *f = arg;
    int64_t nowNs = WeirMonoNs();
    if (!f->attached || f->draining) {
        WeirSinkFlowUnref(f);
        return;
    }
    f->draining = true;
    f->lastNs = WeirRealNs(); /* silence counts from here */
    f->drainEndNs = nowNs + DRAIN_LIMIT_NS;
    f->timer.fire = DrainLook;
    f->timer.arg = f;
    WeirTimerSet(f->worker, &f->timer, nowNs);
}

/* The sender ended its stream; the close that will follow finds the flow drained.  A
 * stream that ended wrongly ends its flow at once. */
void WeirSinkStreamEnded(WeirSinkFlow *f)
{
    bool failed;
    f->streamEnded = true;
    pthread_mutex_lock(&f->lock);
    failed = f->reason.code != 0;
    pthread_mutex_unlock(&f->lock);
    if (failed)
        WeirSinkDrain(WeirSinkFlowRef(f));
}
