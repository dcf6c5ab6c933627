/* The data side of one flow: its socket, when it sends, and its end.  Runs on the flow's
 * data worker only. */
#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/burst.h"
#include "flow/meet.h"
#include "icmp.h"
#include "itg/icmp.h"
#include "poll.h"
#include "sctp.h"
#include "serial.h"
#include "sock.h"
#include "wire/dataSock.h"

/* A flow that cannot keep up goes on this long after its duration to catch up. */
#define GRACE_NS   (100 * WEIR_NS_PER_MS)
#define OBSERVE_NS (100 * WEIR_NS_PER_MS)
/* For the rest of a stream packet to leave after the end. */
#define REST_NS (2 * WEIR_NS_PER_S)

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
    int begun = f->send.begun > 0; /* it counts as sent */
    if (f->send.leftCount > begun)
        return untilNs - f->send.left[begun].dueNs;
    return WeirScheduleDue(s, untilNs) ? untilNs - s->nextDueNs : 0;
}

static void ObserveNow(WeirFlow *f, int64_t nowNs)
{
    WeirSockTcp tcp;
    WeirSctpState sctp;
    bool isTcp = f->transport->code == WEIR_ITG_TCP;
    if (f->transport->code == WEIR_ITG_SCTP &&
        WeirSctpGetState(f->send.io.fd, &sctp, NULL) == 0)
        WeirReportSctp(&f->report, &sctp);
    if (isTcp)
        WeirSockTcpInfo(f->send.io.fd, &tcp);
    WeirReportObserve(&f->report, BehindNs(f, nowNs), WeirWorkerUsage(f->worker),
                      isTcp ? &tcp : NULL);
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
    if (s->realtime)
        WeirWorkerRealtime(f->worker, false, NULL);
    s->realtime = false;
    WeirTimerStop(f->worker, &s->timer);
    if (f->serial >= 0)
        WeirSerialRts(f->serial, true);
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

int WeirSendBroken(const WeirFlow *f, int error, WeirErr *err)
{
    char dst[WEIR_ADDR_TEXT], why[96];
    return WeirFail(err, WEIR_E_PEER, "the data connection to %s broke: %s",
                    WeirAddrText(&f->dst, dst), strerror_r(error, why, sizeof why));
}

/* Something of the flow is still under way on this side. */
static bool Unfinished(WeirFlow *f, int64_t nowNs)
{
    return f->send.begun > 0 || WeirSockUnsent(f->send.io.fd) > 0 ||
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
        WeirAddrText(&f->dst, dst), f->send.left[0].size - f->send.begun);
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
        WeirBurstForget(f);
        s->quietNs = 0;
        s->lastEchoNs = nowNs;
        s->drainEndNs = nowNs + (f->roundTrip ? 15 * WEIR_NS_PER_S : REST_NS);
    }
    if (!s->quietNs && Unfinished(f, nowNs) && nowNs < s->drainEndNs) {
        WeirTimerSet(f->worker, &s->timer, nowNs + 2 * WEIR_NS_PER_MS);
        return;
    }
    if (!s->quietNs && s->begun > 0) {
        FailStuck(f);
        return;
    }
    if (!s->quietNs) {
        s->quietNs = nowNs;
        if (f->transport->connected)
            shutdown(s->io.fd, SHUT_WR);
    }
    if (nowNs < s->quietNs + f->graceNs)
        WeirTimerSet(f->worker, &s->timer, s->quietNs + f->graceNs);
    else
        EndData(f, true);
}

/* ------------------------------------------------------------ the schedule */

/* Everything asked for is sent, or there is no hope to catch up. */
static bool Finished(WeirFlow *f, int64_t nowNs)
{
    const WeirSchedule *s = &f->schedule;
    bool over = WeirScheduleOver(&f->schedule, nowNs); /* may change the end */
    if (s->endNs < INT64_MAX && nowNs >= s->endNs + GRACE_NS)
        return true;
    return f->send.leftCount == 0 && over;
}

/* DCCP does not tell when its full queue has room again. */
static bool TellsRoom(const WeirFlow *f)
{
    return f->transport->code != WEIR_ITG_DCCP;
}

static int64_t NextLook(const WeirFlow *f, int64_t nowNs)
{
    int64_t nextNs = WeirScheduleNext(&f->schedule), holdNs = WeirBurstHold(f, nowNs);
    if (f->send.blocked)
        return nowNs + (TellsRoom(f) ? 20 : 1) * WEIR_NS_PER_MS;
    if (f->send.leftCount > 0)
        return nowNs;
    if (holdNs > f->schedule.endNs)
        holdNs = f->schedule.endNs;
    return nextNs <= nowNs && holdNs > nowNs ? holdNs : nextNs;
}

/* Send, and wait for the socket when it takes no more; false: the flow has failed. */
static bool Send(WeirFlow *f, int64_t nowNs, bool more)
{
    WeirErr err;
    int rc = WeirBurstSend(f, nowNs, more, &err);
    if (rc < 0)
        FailData(f, &err);
    f->send.blocked = rc > 0;
    if (rc > 0 && more)
        WeirReportBlocked(&f->report, WeirMonoNs());
    if (rc > 0 && TellsRoom(f))
        WeirIoWant(f->worker, &f->send.io, WEIR_POLL_IN | WEIR_POLL_OUT);
    return rc >= 0;
}

static void Unblock(WeirFlow *f)
{
    f->send.blocked = false;
    WeirReportFreed(&f->report, WeirMonoNs());
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
    if (!s->observeNs && WeirScheduleDue(&f->schedule, nowNs))
        ObserveStart(f, nowNs);
    if (s->blocked && !TellsRoom(f))
        Unblock(f);
    if (!s->blocked && !Send(f, nowNs, true))
        return;
    if (s->observeNs && nowNs >= s->observeNs)
        ObserveNow(f, nowNs);
    if (Finished(f, nowNs))
        Drain(f, nowNs);
    else
        WeirTimerSet(f->worker, timer, NextLook(f, nowNs));
}

/* ------------------------------------------------------------ the socket */

/* The receiver may grant fewer streams than were asked for. */
static unsigned StreamsGranted(const WeirFlow *f)
{
    WeirSctpState sctp;
    unsigned asked = (unsigned)f->streams;
    if (WeirSctpGetState(f->send.io.fd, &sctp, NULL) < 0)
        return 1;
    return sctp.outStreams < asked ? sctp.outStreams : asked;
}

static void Opened(WeirFlow *f)
{
    WeirSend *s = &f->send;
    WeirErr err;
    WeirAddr local = WeirSockLocal(s->io.fd);
    WeirTimerStop(f->worker, &s->timer);
    if (f->log) {
        WeirLogFlow row = { .id = f->id,
                            .src = local,
                            .dst = f->dst,
                            .protocol = (uint8_t)f->transport->code,
                            .meter = f->roundTrip ? WEIR_ITG_RTTM : WEIR_ITG_OWDM,
                            .payload = (uint8_t)f->payload };
        f->lane = WeirLogLaneFor(f->log, WeirWorkerIndex(f->worker));
        f->logged = WeirLogAddFlow(f->log, &row, &f->logFlow, &err) == 0;
        if (!f->lane || !f->logged) {
            if (!f->lane)
                WeirFail(&err, WEIR_E_MEMORY, "out of memory");
            FailData(f, &err);
            return;
        }
    }
    if (f->streams > 1)
        s->streams = StreamsGranted(f);
    if (f->gso)
        s->segmentBytes = WeirSockDatagramMax(s->io.fd);
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

static void LookForReceiver(WeirFlow *f)
{
    WeirErr err;
    int rc = WeirMeetReceiver(f, &err);
    if (rc < 0)
        FailOpen(f, &err);
    else if (rc > 0)
        Opened(f);
}

static void Ready(WeirIo *io, unsigned events)
{
    WeirFlow *f = io->arg;
    WeirSend *s = &f->send;
    WeirErr err;
    if (s->phase == WEIR_SEND_OPENING) {
        if (f->passive)
            LookForReceiver(f);
        else
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
        Unblock(f);
        WeirIoWant(f->worker, io, WEIR_POLL_IN);
        if (s->phase == WEIR_SEND_RUNNING)
            Fire(&s->timer, WeirMonoNs());
        else if (s->begun > 0)
            Send(f, 0, false);
    }
}

static void OpeningTooLong(WeirTimer *timer, int64_t nowNs)
{
    WeirFlow *f = timer->arg;
    char dst[WEIR_ADDR_TEXT];
    WeirErr err;
    if (f->passive)
        WeirFail(&err, WEIR_E_TIMEOUT,
                 "the receiver at %s said no hello to the data port in 30 s",
                 WeirAddrHost(&f->dst, dst));
    else
        WeirFail(&err, WEIR_E_TIMEOUT,
                 "cannot open the data connection to %s: no answer in 30 s",
                 WeirAddrText(&f->dst, dst));
    FailOpen(f, &err);
}

static void PassEchoes(WeirFlow *f)
{
    int family = f->dst.sa.sa_family;
    WeirIcmpTypes echoes = { { 0 } };
    WeirIcmpTypesAdd(&echoes, WeirIcmpEchoReply(family == AF_INET6));
    WeirIcmpSockPass(f->send.io.fd, family, &echoes);
}

static WeirDataSockOpts SocketOptions(const WeirFlow *f)
{
    WeirDataSockOpts opts = { .sock = { .dsByte = f->dsByte,
                                        .ttl = f->ttl,
                                        .noDelay = f->noDelay,
                                        .interface = f->interface,
                                        .sendBytes = f->sendBytes,
                                        .stamps = f->roundTrip && !f->transport->sized },
                              .streams = f->streams,
                              .ccid = f->ccid };
    return opts;
}

int WeirSendTry(const WeirFlow *f, WeirErr *err)
{
    WeirDataSockOpts opts = SocketOptions(f);
    return f->transport->optional
               ? WeirDataSockTry(f->transport, f->dst.sa.sa_family, &opts, err)
               : WEIR_OK;
}

int WeirSendBind(WeirFlow *f, WeirErr *err)
{
    WeirDataSockOpts opts = SocketOptions(f);
    return WeirMeetBind(f, &opts, err);
}

static int OpenSocket(WeirFlow *f, WeirErr *err)
{
    WeirSend *s = &f->send;
    WeirDataSockOpts opts = SocketOptions(f);
    int rc;
    if (f->passive) /* bound; the receiver's hello or connection makes it readable */
        return WeirIoAdd(f->worker, &s->io, WEIR_POLL_IN, err) < 0 ? err->code : 1;
    rc = WeirDataSockOpen(f->transport, f->dst.sa.sa_family, &f->src, &opts, err);
    if (rc < 0)
        return rc;
    s->io.fd = rc;
    if (f->transport->code == WEIR_ITG_ICMP && f->roundTrip)
        PassEchoes(f);
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
    WeirFlow *f = arg;
    WeirSend *s = &f->send;
    WeirErr err;
    int rc;
    s->io.ready = Ready;
    s->io.arg = s->timer.arg = f;
    s->timer.fire = OpeningTooLong;
    s->phase = WEIR_SEND_OPENING;
    WeirBurstPrepare(f);
    rc = OpenSocket(f, &err);
    if (rc < 0)
        FailOpen(f, &err);
    else if (rc > 0)
        WeirTimerSet(f->worker, &s->timer, WeirMonoNs() + 30 * WEIR_NS_PER_S);
    else
        Opened(f);
    WeirFlowUnref(f);
}

static bool Stopping(WeirFlow *f)
{
    bool stopping;
    pthread_mutex_lock(&f->lock);
    stopping = f->stopping;
    pthread_mutex_unlock(&f->lock);
    return stopping;
}

void WeirSendRun(void *arg)
{
    WeirFlow *f = arg;
    WeirSend *s = &f->send;
    WeirErr err;
    if (s->phase == WEIR_SEND_OPEN && Stopping(f)) {
        EndData(f, true);
    } else if (s->phase == WEIR_SEND_OPEN && f->realtime &&
               WeirWorkerRealtime(f->worker, true, &err) < 0) {
        FailData(f, &err);
    } else if (s->phase == WEIR_SEND_OPEN) {
        s->phase = WEIR_SEND_RUNNING;
        if (f->serial >= 0)
            WeirSerialRts(f->serial, false);
        s->realtime = f->realtime;
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
