/* The packets of one flow: sent when its schedule says, counted and logged.  Runs on the
 * flow's data worker only.  A flow that is behind sends what is due in
 * bursts of at most WEIR_SEND_BURST packets per system call. */
#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "batch.h"
#include "base/clock.h"
#include "flow/flowInt.h"
#include "poll.h"
#include "sock.h"

/* A flow that cannot keep up goes on this long after its duration to catch up. */
#define GRACE_NS   (100 * WEIR_NS_PER_MS)
#define OBSERVE_NS (100 * WEIR_NS_PER_MS)
/* For the rest of a stream packet to leave after the end. */
#define REST_NS (2 * WEIR_NS_PER_S)

enum { PIECES = 3 }; /* header, body, padding */

static uint8_t filler[WEIR_ITG_MAX_PAYLOAD]; /* body of every packet without a file */
static const uint8_t zeros[WEIR_ITG_MAX_PAYLOAD];

static void FillFiller(void)
{
    WeirRng rng;
    size_t i;
    WeirRngSeed(&rng, 0, "payload");
    for (i = 0; i < sizeof filler; i++)
        filler[i] = (uint8_t)WeirRngNext(&rng);
}

/* ------------------------------------------------------------ telling the control worker
 */

static void OpenedWell(void *arg)
{
    WeirSessionDataOpened(arg, true);
    WeirFlowUnref(arg);
}

static void OpenedBadly(void *arg)
{
    WeirSessionDataOpened(arg, false);
    WeirFlowUnref(arg);
}

static void EndedWell(void *arg)
{
    WeirSessionDataEnded(arg, true);
    WeirFlowUnref(arg);
}

static void EndedBadly(void *arg)
{
    WeirSessionDataEnded(arg, false);
    WeirFlowUnref(arg);
}

static void Tell(WeirFlow *f, void (*fn)(void *))
{
    WeirWorkerPost(WeirEngineControl(f->engine), fn, WeirFlowRef(f));
}

/* ------------------------------------------------------------ telling the report */

/* How long ago the oldest packet that is still unsent was due, at most as long as until
 * the end of the duration. */
static int64_t BehindNs(WeirFlow *f, int64_t nowNs)
{
    WeirSchedule *s = &f->schedule;
    int64_t untilNs = nowNs < s->endNs ? nowNs : s->endNs;
    if (f->send.dueCount > 0)
        return untilNs - f->send.due[0].dueNs;
    return WeirScheduleDue(s, untilNs) ? untilNs - s->nextDueNs : 0;
}

static void ObserveNow(WeirFlow *f, int64_t nowNs)
{
    WeirSockTcp tcp;
    if (f->stream)
        WeirSockTcpInfo(f->send.io.fd, &tcp);
    WeirReportObserve(&f->report, BehindNs(f, nowNs), WeirWorkerUsage(f->worker),
                      f->stream ? &tcp : NULL);
    f->send.observeNs = nowNs + OBSERVE_NS;
}

/* The first deadline: watch from here on what the worker does.  What made it come late
 * began before. */
static void ObserveStart(WeirFlow *f, int64_t nowNs)
{
    if (nowNs < f->schedule.nextDueNs + WEIR_REPORT_OVERDUE_NS)
        WeirReportBegin(&f->report, WeirWorkerUsage(f->worker));
    f->send.observeNs = nowNs + OBSERVE_NS;
}

/* Sending is over, whatever was due by now. */
static void ObserveEnd(WeirFlow *f)
{
    int64_t now = WeirMonoNs();
    if (f->send.phase != WEIR_SEND_RUNNING)
        return;
    ObserveNow(f, now);
    WeirReportFreed(&f->report, now);
}

/* ------------------------------------------------------------ the end of the data side
 */

static void CloseData(WeirFlow *f)
{
    WeirSend *s = &f->send;
    WeirTimerStop(f->worker, &s->timer);
    if (s->io.fd >= 0) {
        WeirIoRemove(f->worker, &s->io);
        close(s->io.fd);
        s->io.fd = -1;
    }
}

static void EndData(WeirFlow *f, bool ok)
{
    if (f->send.phase == WEIR_SEND_ENDED)
        return;
    ObserveEnd(f);
    f->send.phase = WEIR_SEND_ENDED;
    CloseData(f);
    Tell(f, ok ? EndedWell : EndedBadly);
}

static void FailData(WeirFlow *f, const WeirErr *err)
{
    WeirFlowBlame(f, err);
    EndData(f, false);
}

/* Something of the flow is still under way on this side. */
static bool Unfinished(WeirFlow *f, int64_t nowNs)
{
    return f->send.restDone < f->send.restLen || WeirSockUnsent(f->send.io.fd) > 0 ||
           WeirEchoExpected(f, nowNs);
}

/* A stream that ends in the middle of a packet. */
static void FailStuck(WeirFlow *f)
{
    char dst[WEIR_ADDR_TEXT];
    WeirErr err;
    WeirFail(
        &err, WEIR_E_TIMEOUT,
        "the receiver at %s took nothing in the end: %zu bytes of the last packet are "
        "not sent",
        WeirAddrText(&f->dst, dst), f->send.restLen - f->send.restDone);
    FailData(f, &err);
}

/* All packets are drawn; what remains are leftovers, echoes, and a moment for the last
 * packet to arrive: a stock receiver logs nothing that it reads after CLOSED_FLOW. */
static void Drain(WeirFlow *f, int64_t nowNs)
{
    WeirSend *s = &f->send;
    if (s->phase != WEIR_SEND_DRAINING) {
        ObserveEnd(f);
        s->phase = WEIR_SEND_DRAINING;
        s->dueCount = 0;
        s->quietNs = 0;
        s->lastEchoNs = nowNs;
        s->drainEndNs = nowNs + (f->roundTrip ? 15 * WEIR_NS_PER_S : REST_NS);
    }
    if (!s->quietNs && Unfinished(f, nowNs) && nowNs < s->drainEndNs) {
        WeirTimerSet(f->worker, &s->timer, nowNs + 2 * WEIR_NS_PER_MS);
        return;
    }
    if (!s->quietNs && s->restDone < s->restLen) {
        FailStuck(f);
        return;
    }
    if (!s->quietNs) {
        s->quietNs = nowNs;
        if (f->stream)
            shutdown(s->io.fd, SHUT_WR);
    }
    if (nowNs < s->quietNs + f->graceNs)
        WeirTimerSet(f->worker, &s->timer, s->quietNs + f->graceNs);
    else
        EndData(f, true);
}

/* ------------------------------------------------------------ drawing */

static bool Stopping(WeirFlow *f)
{
    bool stopping;
    pthread_mutex_lock(&f->lock);
    stopping = f->stopping;
    pthread_mutex_unlock(&f->lock);
    return stopping;
}

/* ------------------------------------------------------------ sending */

typedef struct Burst {
    uint8_t headers[WEIR_SEND_BURST][WEIR_PAYLOAD_MAX_HEADER];
    struct iovec iov[WEIR_SEND_BURST * PIECES];
    int64_t realNs, monoNs; /* when it was made, just before the system call */
} Burst;

static void Piece(struct iovec *iov, const void *base, size_t len)
{
    iov->iov_base = (void *)(uintptr_t)base;
    iov->iov_len = len;
}

static void MakePacket(WeirFlow *f, Burst *b, int i)
{
    const WeirDuePacket *p = &f->send.due[i];
    size_t head = WeirPayloadBytes(f->payload, f->stream), body = p->size - head,
           own = body;
    struct iovec *iov = &b->iov[i * PIECES];
    WeirPayloadWrite(b->headers[i], f->payload, f->stream, f->id, p->seq, b->realNs,
                     p->size);
    if (f->file && own > (size_t)(f->schedule.fileBytes - p->fileAt))
        own = (size_t)(f->schedule.fileBytes - p->fileAt);
    Piece(&iov[0], b->headers[i], head);
    Piece(&iov[1], f->file ? f->file + p->fileAt : filler, own);
    Piece(&iov[2], zeros, body - own);
}

static void MakeBurst(WeirFlow *f, Burst *b)
{
    int i;
    b->monoNs = WeirMonoNs();
    b->realNs = WeirRealNs();
    for (i = 0; i < f->send.dueCount; i++)
        MakePacket(f, b, i);
}

/* The first `count` due packets are dealt with. */
static void Forget(WeirSend *s, int count)
{
    s->retries = 0;
    s->dueCount -= count;
    memmove(s->due, s->due + count, (size_t)s->dueCount * sizeof *s->due);
}

/* The first `count` due packets are out. */
static void Departed(WeirFlow *f, const Burst *b, int count)
{
    WeirSend *s = &f->send;
    int i;
    WeirReportDeparted(&f->report, s->due, count, b->monoNs);
    for (i = 0; f->lane && !f->roundTrip && i < count; i++) {
        WeirRecord r = { b->realNs,     b->realNs,      f->logFlow,
                         s->due[i].seq, s->due[i].size, 0 };
        WeirLogPut(f->lane, &r);
    }
    Forget(s, count);
}

/* Wait for the socket to take more. */
static void Block(WeirFlow *f)
{
    f->send.blocked = true;
    WeirReportBlocked(&f->report, WeirMonoNs());
    WeirIoWant(f->worker, &f->send.io, WEIR_POLL_IN | WEIR_POLL_OUT);
}

/* Datagrams.  A connected socket reports an ICMP error of an earlier packet at the next
 * send, which then has not left: it is tried again before it counts as refused. */
static void SendDatagrams(WeirFlow *f)
{
    WeirSend *s = &f->send;
    Burst b;
    int n;
    MakeBurst(f, &b);
    n = WeirBatchSend(s->io.fd, b.iov, PIECES, s->dueCount);
    if (n > 0) {
        Departed(f, &b, n);
    } else if (n == -EAGAIN) {
        Block(f);
    } else if (n != -ECONNREFUSED || ++s->retries > 2) {
        WeirReportRefused(&f->report, s->due, 1, -n);
        Forget(s, 1);
    }
}

/* Keep what is left of the packet that a stream took in part. */
static bool KeepRest(WeirFlow *f, const struct iovec *iov, size_t done)
{
    WeirSend *s = &f->send;
    size_t total = 0, skip = done;
    int i;
    for (i = 0; i < PIECES; i++)
        total += iov[i].iov_len;
    if (total > s->restRoom) {
        uint8_t *more = realloc(s->rest, total);
        if (!more)
            return false;
        s->rest = more;
        s->restRoom = total;
    }
    s->restLen = s->restDone = 0;
    for (i = 0; i < PIECES; i++) {
        size_t from = skip < iov[i].iov_len ? skip : iov[i].iov_len;
        memcpy(s->rest + s->restLen, (uint8_t *)iov[i].iov_base + from,
               iov[i].iov_len - from);
        s->restLen += iov[i].iov_len - from;
        skip -= from;
    }
    return true;
}

/* How many whole packets are in `n` bytes; *part gets the bytes of the next. */
static int WholePackets(const WeirFlow *f, size_t n, size_t *part)
{
    int i = 0;
    while (i < f->send.dueCount && n >= f->send.due[i].size)
        n -= f->send.due[i++].size;
    *part = n;
    return i;
}

static int StreamError(WeirFlow *f, int error)
{
    char dst[WEIR_ADDR_TEXT], why[96];
    WeirErr err;
    WeirFail(&err, WEIR_E_PEER, "the data connection to %s broke: %s",
             WeirAddrText(&f->dst, dst), strerror_r(error, why, sizeof why));
    FailData(f, &err);
    return -1;
}

/* The rest of an earlier packet; 0 when it is out, 1 when the socket is full, -1 failed.
 */
static int SendRest(WeirFlow *f)
{
    WeirSend *s = &f->send;
    while (s->restDone < s->restLen) {
        ssize_t n =
            send(s->io.fd, s->rest + s->restDone, s->restLen - s->restDone, MSG_NOSIGNAL);
        if (n >= 0) {
            s->restDone += (size_t)n;
        } else if (errno == EAGAIN) {
            Block(f);
            return 1;
        } else if (errno != EINTR) {
            return StreamError(f, errno);
        }
    }
    s->restLen = s->restDone = 0;
    return 0;
}

/* A stream takes the whole burst in one call and says how many bytes of it. */
static void SendStream(WeirFlow *f)
{
    WeirSend *s = &f->send;
    struct msghdr msg = { 0 };
    Burst b;
    size_t part;
    ssize_t n;
    int whole;
    if (SendRest(f) != 0)
        return;
    MakeBurst(f, &b);
    msg.msg_iov = b.iov;
    msg.msg_iovlen = (size_t)s->dueCount * PIECES;
    n = sendmsg(s->io.fd, &msg, MSG_NOSIGNAL);
    if (n < 0) {
        if (errno == EAGAIN)
            Block(f);
        else if (errno != EINTR)
            StreamError(f, errno);
        return;
    }
    whole = WholePackets(f, (size_t)n, &part);
    if (part > 0 && KeepRest(f, &b.iov[whole * PIECES], part))
        whole++; /* it has begun to leave */
    Departed(f, &b, whole);
    if (s->restLen > 0)
        Block(f);
}

/* ------------------------------------------------------------ the schedule */

/* Everything asked for is sent, or there is no hope to catch up. */
static bool Finished(WeirFlow *f, int64_t nowNs)
{
    const WeirSchedule *s = &f->schedule;
    bool over = WeirScheduleOver(&f->schedule, nowNs); /* may change the end */
    if (s->endNs < INT64_MAX && nowNs >= s->endNs + GRACE_NS)
        return true;
    return f->send.dueCount == 0 && over;
}

static int64_t NextLook(const WeirFlow *f, int64_t nowNs)
{
    if (f->send.blocked)
        return nowNs + 20 * WEIR_NS_PER_MS;
    return f->send.dueCount > 0 ? nowNs : WeirScheduleNext(&f->schedule);
}

/* Draw what is due and send it until the next deadline lies ahead, a burst at a time; the
 * worker looks at its other flows between bursts. */
static void Fire(WeirTimer *timer, int64_t nowNs)
{
    WeirFlow *f = timer->arg;
    WeirSend *s = &f->send;
    if (s->phase == WEIR_SEND_DRAINING) {
        Drain(f, nowNs);
        return;
    }
    if (s->phase != WEIR_SEND_RUNNING)
        return;
    if (!s->observeNs)
        ObserveStart(f, nowNs);
    if (s->blocked) {
        if (nowNs >= s->observeNs)
            ObserveNow(f, nowNs);
        if (Finished(f, nowNs))
            Drain(f, nowNs);
        else
            WeirTimerSet(f->worker, timer, NextLook(f, nowNs));
        return;
    }
    while (s->dueCount < WEIR_SEND_BURST && WeirScheduleDue(&f->schedule, nowNs))
        s->due[s->dueCount++] = WeirScheduleDraw(&f->schedule);
    if (s->dueCount > 0) {
        if (f->stream)
            SendStream(f);
        else
            SendDatagrams(f);
        if (s->phase != WEIR_SEND_RUNNING)
            return;
    }
    if (nowNs >= s->observeNs)
        ObserveNow(f, nowNs);
    if (Finished(f, nowNs))
        Drain(f, nowNs);
    else
        WeirTimerSet(f->worker, timer, NextLook(f, nowNs));
}

/* ------------------------------------------------------------ the socket */

static void Opened(WeirFlow *f)
{
    WeirSend *s = &f->send;
    WeirErr err;
    WeirAddr local = WeirSockLocal(s->io.fd);
    if (f->log) {
        WeirLogFlow row = { .id = f->id,
                            .src = local,
                            .dst = f->dst,
                            .protocol = f->stream ? WEIR_ITG_TCP : WEIR_ITG_UDP,
                            .meter = f->roundTrip ? WEIR_ITG_RTTM : WEIR_ITG_OWDM,
                            .payload = (uint8_t)f->payload };
        f->lane = WeirLogLaneFor(f->log, WeirWorkerIndex(f->worker));
        if (!f->lane || WeirLogAddFlow(f->log, &row, &f->logFlow, &err) < 0) {
            if (!f->lane)
                WeirFail(&err, WEIR_E_MEMORY, "out of memory");
            FailData(f, &err);
            return;
        }
    }
    pthread_mutex_lock(&f->lock);
    f->boundSrc = local;
    pthread_mutex_unlock(&f->lock);
    s->phase = WEIR_SEND_OPEN;
    WeirIoWant(f->worker, &s->io, WEIR_POLL_IN);
    Tell(f, OpenedWell);
}

static void FailOpen(WeirFlow *f, const WeirErr *err)
{
    WeirFlowBlame(f, err);
    f->send.phase = WEIR_SEND_ENDED;
    CloseData(f);
    Tell(f, OpenedBadly);
}

static void ConnectionMade(WeirFlow *f)
{
    char dst[WEIR_ADDR_TEXT], why[96];
    WeirErr err;
    int error = WeirSockResult(f->send.io.fd);
    if (error) {
        WeirFail(&err, WEIR_E_PEER, "cannot open the data connection to %s: %s",
                 WeirAddrText(&f->dst, dst), strerror_r(error, why, sizeof why));
        FailOpen(f, &err);
        return;
    }
    Opened(f);
}

static void Ready(WeirIo *io, unsigned events)
{
    WeirFlow *f = io->arg;
    WeirSend *s = &f->send;
    WeirErr err;
    if (s->phase == WEIR_SEND_OPENING) {
        ConnectionMade(f);
        return;
    }
    if ((events & (WEIR_POLL_IN | WEIR_POLL_HUP)) && WeirEchoRead(f, &err) < 0) {
        if (s->phase == WEIR_SEND_DRAINING && s->quietNs)
            EndData(f, true); /* the receiver answers our end with its own */
        else
            FailData(f, &err);
        return;
    }
    if ((events & WEIR_POLL_OUT) && s->blocked) {
        s->blocked = false;
        if (s->phase == WEIR_SEND_RUNNING)
            WeirReportFreed(&f->report, WeirMonoNs());
        WeirIoWant(f->worker, io, WEIR_POLL_IN);
        if (SendRest(f) == 0)
            WeirTimerSet(f->worker, &s->timer, 0);
    }
}

static void OpeningTooLong(WeirTimer *timer, int64_t nowNs)
{
    WeirFlow *f = timer->arg;
    char dst[WEIR_ADDR_TEXT];
    WeirErr err;
    WeirFail(&err, WEIR_E_TIMEOUT,
             "cannot open the data connection to %s: no answer in 30 s",
             WeirAddrText(&f->dst, dst));
    FailOpen(f, &err);
}

static int OpenSocket(WeirFlow *f, WeirErr *err)
{
    WeirSend *s = &f->send;
    WeirSockOpts opts = { .dsByte = f->dsByte,
                          .ttl = f->ttl,
                          .noDelay = f->noDelay,
                          .interface = f->interface,
                          .sendBytes = f->sendBytes,
                          .stamps = f->roundTrip && !f->stream };
    int rc = WeirSockOpen(f->dst.sa.sa_family, f->stream ? SOCK_STREAM : SOCK_DGRAM,
                          &f->src, &opts, err);
    if (rc < 0)
        return rc;
    s->io.fd = rc;
    rc = WeirSockConnect(s->io.fd, &f->dst, err);
    if (rc >= 0 &&
        WeirIoAdd(f->worker, &s->io, rc ? WEIR_POLL_OUT : WEIR_POLL_IN, err) < 0)
        rc = err->code;
    if (rc < 0) {
        close(s->io.fd);
        s->io.fd = -1;
    }
    return rc;
}

void WeirSendOpen(void *arg)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    WeirFlow *f = arg;
    WeirSend *s = &f->send;
    WeirErr err;
    int rc;
    pthread_once(&once, FillFiller);
    s->io.fd = -1;
    s->io.ready = Ready;
    s->io.arg = s->timer.arg = f;
    s->timer.fire = OpeningTooLong;
    s->phase = WEIR_SEND_OPENING;
    rc = OpenSocket(f, &err);
    if (rc < 0)
        FailOpen(f, &err);
    else if (rc > 0)
        WeirTimerSet(f->worker, &s->timer, WeirMonoNs() + 30 * WEIR_NS_PER_S);
    else
        Opened(f);
    WeirFlowUnref(f);
}

void WeirSendRun(void *arg)
{
    WeirFlow *f = arg;
    WeirSend *s = &f->send;
    if (s->phase == WEIR_SEND_OPEN && Stopping(f)) {
        EndData(f, true);
    } else if (s->phase == WEIR_SEND_OPEN) {
        s->phase = WEIR_SEND_RUNNING;
        WeirScheduleStart(&f->schedule, s->startNs);
        WeirReportBegin(&f->report, WeirWorkerUsage(f->worker));
        s->timer.fire = Fire;
        s->timer.spinNs = f->spinNs;
        WeirTimerSet(f->worker, &s->timer, WeirScheduleNext(&f->schedule));
        WeirFlowSetState(f, WEIR_FLOW_RUNNING);
    }
    WeirFlowUnref(f);
}

/* Ends a running flow early, or one that is about to start. */
void WeirSendStop(void *arg)
{
    WeirFlow *f = arg;
    WeirErr none = { WEIR_E_STATE, 0, "stopped before it started" };
    switch (f->send.phase) {
    case WEIR_SEND_OPENING:
        FailOpen(f, &none);
        break;
    case WEIR_SEND_OPEN:
        EndData(f, true);
        break;
    case WEIR_SEND_RUNNING:
        Drain(f, WeirMonoNs());
        break;
    default:
        break;
    }
    WeirFlowUnref(f);
}
