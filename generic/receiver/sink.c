/* Flows at their receiver: made, known to all readers of their port, matched to packets,
 * counted, drained. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include "base/clock.h"
#include "receiver/receiverInt.h"
#include "serial.h"
#include "sock.h"
#include "wire/settle.h"

#define DRAIN_LIMIT_NS WEIR_NS_PER_S       /* a source that never falls silent */
#define LOG_LIMIT_NS   (2 * WEIR_NS_PER_S) /* a disk that does not come back */
#define LOOK_NS        (10 * WEIR_NS_PER_MS)
#define JOIN_AGAIN_NS  (5 * WEIR_NS_PER_MS)
#define JOIN_LIMIT_NS  (100 * WEIR_NS_PER_MS) /* then the port is somebody else's */
#define CLOSING_NS     (2 * WEIR_NS_PER_S) /* longer, while ports of ours are closing */
enum {
    MAX_WAITING = 1024
}; /* flows of one port with one id, or with none, not yet heard */

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
    if (f->serial >= 0)
        close(f->serial);
    WeirLogLeave(f->log);
    WeirAccountFree(f->account);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

static WeirSinkFlow *AllocateFlow(WeirReceiver *r, const WeirTspFlow *said)
{
    WeirSinkPort *port = WeirSinkPortFor(r, said);
    WeirSinkFlow *f = NULL;
    int i, count = port ? port->readerCount : 0;
    if (port)
        f = calloc(1, sizeof *f + (size_t)count * sizeof *f->entries);
    if (!f) {
        if (port)
            WeirSinkPortDrop(port, NULL, NULL);
        return NULL;
    }
    atomic_init(&f->refs, 1);
    pthread_mutex_init(&f->lock, NULL);
    f->port = port;
    for (i = 0; i < count; i++)
        f->entries[i].flow = f;
    return f;
}

/* Whether a list of words has this one. */
static bool Lists(const char *list, const char *word)
{
    size_t len = strlen(word), n;
    for (; list && *list; list += n) {
        list += strspn(list, " ");
        n = strcspn(list, " ");
        if (n == len && memcmp(list, word, n) == 0)
            return true;
    }
    return false;
}

/* A sender's word opens a device only if the receiver's owner has named it. */
static int OpenSerial(WeirSinkFlow *f, WeirErr *err)
{
    const char *name = f->said.serial;
    if (*name == '\0')
        return WEIR_OK;
    if (!Lists(f->receiver->serials, name))
        return WeirFail(err, WEIR_E_PERM,
                        "it wants the serial device %s, which this receiver does not "
                        "offer (-serial, -sk)",
                        name);
    f->serial = WeirSerialOpen(name, err);
    return f->serial < 0 ? err->code : WEIR_OK;
}

WeirSinkFlow *WeirSinkFlowNew(WeirReceiver *r, const WeirTspFlow *said,
                              const WeirAddr *peer, WeirLog *log, WeirErr *err)
{
    WeirSinkFlow *f = AllocateFlow(r, said);
    if (!f) {
        WeirFail(err, WEIR_E_MEMORY, "out of memory");
        return NULL;
    }
    f->receiver = r;
    f->said = *said;
    f->serial = -1;
    f->transport = WeirTransportOf(said->protocol);
    f->peer = *peer;
    f->source = said->sender; /* AF_UNSPEC but in passive mode */
    f->shownDst = said->dst;
    f->account = WeirAccountNew(said->payload == WEIR_PAYLOAD_STANDARD,
                                said->payload != WEIR_PAYLOAD_NONE);
    if (!f->account)
        WeirFail(err, WEIR_E_MEMORY, "out of memory");
    if (!f->account || OpenSerial(f, err) < 0) {
        WeirSinkPortDrop(f->port, NULL, NULL);
        WeirSinkFlowUnref(f);
        return NULL;
    }
    f->worker = f->port->readers[f->port->users % f->port->readerCount].worker;
    f->log = log ? WeirLogRef(log) : NULL;
    f->active = true;
    atomic_fetch_add(&r->flowsActive, 1);
    WeirBusy(WEIR_BUSY_RECEIVERS, 1);
    return f;
}

/* ------------------------------------------------------------ joining the readers */

static WeirSinkReader *ReaderOf(const WeirSinkEntry *e)
{
    return &e->flow->port->readers[e - e->flow->entries];
}

static void PostControl(WeirSinkFlow *f, void (*fn)(void *arg))
{
    WeirWorkerPost(WeirEngineControl(f->receiver->engine), fn, f);
}

/* Packets name their flow by its id, those without a header by nothing. */
static uint64_t FreshKey(bool hasId, uint32_t id)
{
    return hasId ? id : UINT64_C(1) << 32;
}

static uint64_t HeardKey(bool hasId, uint32_t id, const WeirAddr *from)
{
    return (uint64_t)(hasId ? id : 0) << 32 | WeirAddrHash(from);
}

static bool HasId(const WeirSinkFlow *f)
{
    return f->said.payload != WEIR_PAYLOAD_NONE;
}

uint64_t WeirSinkFlowKey(const WeirSinkFlow *f)
{
    return FreshKey(HasId(f), f->said.id);
}

/* The port's sockets, unless so many flows wait there for the same packets that finding
 * out whose one is takes too long. */
static int Prepare(const WeirSinkFlow *f, WeirErr *err)
{
    const WeirSinkReader *reader = ReaderOf(f->entries);
    WeirSinkEntry *e = WeirKeyTabFind(&reader->fresh, WeirSinkFlowKey(f));
    int count = 0;
    for (; e && count < MAX_WAITING; e = WeirKeyTabNext(&e->link))
        count++;
    if (count == MAX_WAITING)
        return WeirFail(err, WEIR_E_LIMIT,
                        "%d flows like it wait on its port for their first packet",
                        MAX_WAITING);
    return WeirSinkPortOpen(f->port, err);
}

static void Attach(WeirSinkEntry *e)
{
    WeirSinkFlow *f = e->flow;
    WeirSinkReader *reader = ReaderOf(e);
    WeirKeyTabAdd(&reader->fresh, &e->link, WeirSinkFlowKey(f), e);
    reader->awaited += HasId(f);
    reader->echoing += f->said.meter == WEIR_ITG_RTTM;
    if (f->transport->code == WEIR_ITG_ICMP)
        WeirSinkIcmpExpect(reader, f);
    e->dropsBefore = WeirSinkCountDrops(reader);
    e->attached = true;
}

static void Detach(WeirSinkEntry *e)
{
    WeirSinkFlow *f = e->flow;
    WeirSinkReader *reader = ReaderOf(e);
    int64_t drops;
    if (!e->attached)
        return;
    if (!f->transport->connected)
        WeirSinkUdpReadAll(reader); /* what came before the silence was noticed */
    if (reader->caller == f)
        WeirSinkCallStop(reader);
    if (e->conn)
        WeirSinkConnClose(e->conn);
    WeirKeyTabRemove(e->heard ? &reader->heard : &reader->fresh, &e->link);
    reader->awaited -= HasId(f);
    reader->echoing -= f->said.meter == WEIR_ITG_RTTM;
    if (reader->lastHit == e)
        reader->lastHit = NULL;
    e->attached = false;
    drops = WeirSinkCountDrops(reader);
    pthread_mutex_lock(&f->lock);
    if (drops > e->dropsBefore)
        f->kernelDrops += drops - e->dropsBefore;
    pthread_mutex_unlock(&f->lock);
}

static void AllDetached(void *flow);

/* From the last reader to the first, each in its own worker. */
static void Leave(void *arg)
{
    WeirSinkEntry *e = arg;
    WeirSinkFlow *f = e->flow;
    Detach(e);
    if (e != f->entries)
        WeirWorkerPost(ReaderOf(e - 1)->worker, Leave, e - 1);
    else if (!atomic_load(&f->attached))
        PostControl(f, WeirRecvFlowRefused);
    else
        WeirWorkerPost(f->worker, AllDetached, f);
}

static void Join(void *entry);

static void JoinAgain(WeirTimer *timer, int64_t nowNs)
{
    WeirSinkFlow *f = timer->arg;
    Join(f->entries);
}

/* The sockets of an earlier flow on this port may still be on their way out in other
 * workers: whether to try once more in a moment. */
static bool MayJoinLater(WeirSinkFlow *f, const WeirErr *err)
{
    int64_t nowNs = WeirMonoNs(), byNs = f->joinByNs;
    if (atomic_load(&f->receiver->closingPorts) > 0)
        byNs += CLOSING_NS;
    if (err->sysErrno != EADDRINUSE || nowNs >= byNs)
        return false;
    f->timer.fire = JoinAgain;
    f->timer.arg = f;
    WeirTimerSet(f->port->readers[0].worker, &f->timer, nowNs + JOIN_AGAIN_NS);
    return true;
}

/* From the first reader to the last.  The sockets are complete before the first one looks
 * at its own, and the sender is told after the last one knows the flow. */
static void Join(void *arg)
{
    WeirSinkEntry *e = arg;
    WeirSinkFlow *f = e->flow;
    WeirErr err;
    bool first = e == f->entries, last = e == &f->entries[f->port->readerCount - 1];
    if ((first && Prepare(f, &err) < 0) || WeirSinkReaderStart(ReaderOf(e), &err) < 0) {
        if (first && MayJoinLater(f, &err))
            return;
        pthread_mutex_lock(&f->lock);
        f->reason = err;
        pthread_mutex_unlock(&f->lock);
        Leave(e);
        return;
    }
    Attach(e);
    if (!last) {
        WeirWorkerPost(ReaderOf(e + 1)->worker, Join, e + 1);
        return;
    }
    pthread_mutex_lock(&f->lock);
    f->shownDst = WeirSockLocal(f->port->readers[0].fd);
    if (f->transport->code == WEIR_ITG_ICMP)
        WeirAddrSetPort(&f->shownDst, WeirAddrPort(&f->said.dst));
    pthread_mutex_unlock(&f->lock);
    atomic_store(&f->attached, true);
    PostControl(f, WeirRecvFlowAdded);
}

void WeirSinkAdd(WeirSinkFlow *f)
{
    f->joinByNs = WeirMonoNs() + JOIN_LIMIT_NS;
    WeirWorkerPost(f->port->readers[0].worker, Join, f->entries);
}

/* ------------------------------------------------------------ packets */

/* The entry that has heard this source, with this id or with none. */
static WeirSinkEntry *Heard(const WeirSinkReader *reader, bool hasId, uint32_t id,
                            const WeirAddr *from)
{
    WeirSinkEntry *e = WeirKeyTabFind(&reader->heard, HeardKey(hasId, id, from));
    while (e && !(HasId(e->flow) == hasId && (!hasId || e->flow->said.id == id) &&
                  WeirAddrSame(&e->flow->source, from)))
        e = WeirKeyTabNext(&e->link);
    return e;
}

/* Claim the flow for this source; false when it has another. */
static bool Claim(WeirSinkFlow *f, const WeirAddr *from)
{
    bool ours;
    pthread_mutex_lock(&f->lock);
    if (f->source.sa.sa_family == AF_UNSPEC)
        f->source = *from;
    ours = WeirAddrSame(&f->source, from);
    pthread_mutex_unlock(&f->lock);
    return ours;
}

/* Of the flows with this id that have heard nobody here: the one that this source has
 * claimed at another reader, else the oldest without a source whose sender signals from
 * the same host, else the oldest without a source. */
static WeirSinkEntry *Choose(const WeirSinkReader *reader, uint64_t key,
                             const WeirAddr *from)
{
    WeirSinkEntry *e, *free1 = NULL, *sameHost = NULL;
    for (e = WeirKeyTabFind(&reader->fresh, key); e; e = WeirKeyTabNext(&e->link)) {
        WeirSinkFlow *f = e->flow;
        WeirAddr source;
        if (f->transport->code == WEIR_ITG_ICMP && !WeirSinkIcmpMayClaim(f, from))
            continue;
        pthread_mutex_lock(&f->lock);
        source = f->source;
        pthread_mutex_unlock(&f->lock);
        if (source.sa.sa_family != AF_UNSPEC) {
            if (WeirAddrSame(&source, from))
                return e;
            continue;
        }
        if (!free1)
            free1 = e;
        if (!sameHost && WeirAddrSameHost(&f->peer, from))
            sameHost = e;
        if (sameHost && reader->port->readerCount == 1) /* nobody else claims */
            break;
    }
    return sameHost ? sameHost : free1;
}

/* The flow's row in the log, once, and the lane of this reader's worker. */
static void FindLane(WeirSinkEntry *e, const WeirAddr *from)
{
    WeirSinkFlow *f = e->flow;
    WeirLogFlow row = { .id = f->said.id,
                        .src = *from,
                        .dst = f->said.dst,
                        .protocol = f->said.protocol,
                        .meter = f->said.meter,
                        .payload = f->said.payload,
                        .side = 1 };
    if (!f->log)
        return;
    WeirAddrUnmap(&row.src);
    if (f->transport->code == WEIR_ITG_ICMP)
        WeirAddrSetPort(&row.src, 0);
    pthread_mutex_lock(&f->lock);
    WeirAddrSetPort(&row.dst, WeirAddrPort(&f->shownDst));
    if (!f->logged)
        f->logged = WeirLogAddFlow(f->log, &row, &f->logFlow, NULL) == 0;
    if (f->logged)
        e->lane = WeirLogLaneFor(f->log, WeirWorkerIndex(ReaderOf(e)->worker));
    pthread_mutex_unlock(&f->lock);
}

/* A source that was not heard here yet: the flow it belongs to, if there is one. */
static WeirSinkEntry *HearFirst(WeirSinkReader *reader, bool hasId, uint32_t id,
                                const WeirAddr *from)
{
    WeirSinkEntry *e;
    do
        e = Choose(reader, FreshKey(hasId, id), from);
    while (e && !Claim(e->flow, from)); /* another reader was faster */
    if (!e)
        return NULL;
    WeirKeyTabRemove(&reader->fresh, &e->link);
    WeirKeyTabAdd(&reader->heard, &e->link, HeardKey(hasId, id, from), e);
    e->heard = true;
    FindLane(e, from);
    return e;
}

WeirSinkEntry *WeirSinkMatch(WeirSinkReader *reader, bool hasId, uint32_t id,
                             const WeirAddr *from)
{
    WeirSinkEntry *e = reader->lastHit;
    if (e && hasId && e->flow->said.id == id && HasId(e->flow) &&
        WeirAddrSame(&e->flow->source, from))
        return e;
    e = hasId ? Heard(reader, true, id, from) : NULL;
    if (!e && hasId)
        e = HearFirst(reader, true, id, from);
    if (!e)
        e = Heard(reader, false, 0, from);
    if (!e)
        e = HearFirst(reader, false, 0, from);
    reader->lastHit = e;
    return e;
}

bool WeirSinkPacket(WeirSinkEntry *e, const WeirPayload *p, uint32_t size, int64_t rxNs,
                    int64_t readNs)
{
    WeirSinkFlow *f = e->flow;
    int64_t txNs = rxNs;
    bool fresh;
    if (f->said.payload == WEIR_PAYLOAD_STANDARD)
        txNs = WeirPayloadTime(p, rxNs);
    fresh = WeirAccountAdd(f->account, p->seq, size, txNs, rxNs);
    atomic_store_explicit(&f->lastNs, readNs, memory_order_relaxed);
    if (f->serial >= 0)
        WeirSerialDip(f->serial);
    if (f->log) {
        WeirRecord r = { txNs, rxNs, f->logFlow, p->seq, 0, 0 };
        r.size = WeirItgLoggedSize(f->said.application, size);
        if (!WeirLogPut(e->lane, &r))
            atomic_fetch_add(&f->logDropped, 1);
    }
    return fresh;
}

/* ------------------------------------------------------------ draining */

/* How long until the flow counts as drained, 0 when it does: silence, the end of its
 * stream, or long enough. */
static int64_t QuietInNs(WeirSinkFlow *f, int64_t nowNs)
{
    int64_t limit = f->drainEndNs - nowNs, rest;
    if (limit <= 0 || atomic_load(&f->streamEnded))
        return 0;
    if (atomic_load(&f->connected))
        return LOOK_NS;
    rest = atomic_load(&f->lastNs) + f->receiver->drainNs - WeirRealNs();
    return rest <= 0 ? 0 : rest < limit ? rest : limit;
}

/* No reader knows the flow any more.  Its records must be in the file before the sender
 * is told, because it may read them right away. */
static void AwaitLog(WeirTimer *timer, int64_t nowNs)
{
    WeirSinkFlow *f = timer->arg;
    WeirErr err = { 0, 0, "" };
    bool complete = !f->log || WeirLogComplete(f->log, f->logMark);
    if (f->log)
        WeirLogError(f->log, &err);
    if (!complete && !err.code && nowNs < f->drainEndNs + LOG_LIMIT_NS) {
        WeirTimerSet(f->worker, timer, nowNs + LOOK_NS);
        return;
    }
    if (f->logged && (complete || err.code))
        WeirLogDropFlow(f->log, f->logFlow);
    pthread_mutex_lock(&f->lock);
    if (err.code && !f->reason.code)
        f->reason = err;
    pthread_mutex_unlock(&f->lock);
    PostControl(f, WeirRecvFlowEnded);
}

static void AllDetached(void *arg)
{
    WeirSinkFlow *f = arg;
    f->timer.fire = AwaitLog;
    f->logMark = f->log ? WeirLogMark(f->log) : 0;
    AwaitLog(&f->timer, WeirMonoNs());
}

static void DrainLook(WeirTimer *timer, int64_t nowNs)
{
    WeirSinkFlow *f = timer->arg;
    int64_t restNs = QuietInNs(f, nowNs);
    int last = f->port->readerCount - 1;
    if (restNs > 0)
        WeirTimerSet(f->worker, timer, nowNs + restNs);
    else
        WeirWorkerPost(f->port->readers[last].worker, Leave, &f->entries[last]);
}

void WeirSinkDrain(void *arg)
{
    WeirSinkFlow *f = arg;
    int64_t nowNs = WeirMonoNs();
    if (f->draining) {
        WeirSinkFlowUnref(f);
        return;
    }
    f->draining = true;
    atomic_store(&f->lastNs, WeirRealNs()); /* silence counts from here */
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
    atomic_store(&f->streamEnded, true);
    pthread_mutex_lock(&f->lock);
    failed = f->reason.code != 0;
    pthread_mutex_unlock(&f->lock);
    if (failed && atomic_load(&f->attached))
        WeirWorkerPost(f->worker, WeirSinkDrain, WeirSinkFlowRef(f));
}
