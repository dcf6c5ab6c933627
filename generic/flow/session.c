/* The sender's TSP dialogue with one receiver: connect, ask for a log, announce each
 * flow, close each flow, release.  Runs on the control worker only.
 *
 * All flows to one signalling address share one channel, because a stock ITGRecv does not
 * survive overlapping or quickly repeated sessions; a channel that has just been released
 * cools down before the next one is opened. */
#include "config.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/sessionInt.h"
#include "poll.h"
#include "sock.h"

#define ANSWER_NS      (30 * WEIR_NS_PER_S)    /* for the receiver's next answer */
#define CLOSE_NS       (1200 * WEIR_NS_PER_MS) /* stock receivers close one flow a second */
#define RELEASE_NS     (3 * WEIR_NS_PER_S)
#define HANG_UP_NS     WEIR_NS_PER_S
#define KIND_NS        (3 * WEIR_NS_PER_S) /* for a Weir to say that it is one */
#define COOL_NS        (60 * WEIR_NS_PER_MS)
#define GRACE_NS       (50 * WEIR_NS_PER_MS) /* from the last packet to CLOSED_FLOW */
#define GRACE_LIMIT_NS (2 * WEIR_NS_PER_S)

enum { OUT_LIMIT = 4 << 20 }; /* 100,000 announcements of flows */

static void Fail(WeirSession *s, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static WeirWorker *Control(WeirSession *s)
{
    return WeirEngineControl(s->engine);
}

/* The flow goes on to a stage of its dialogue. */
static void SetDialog(WeirSession *s, WeirFlow *f, WeirDialog dialog)
{
    s->atStage[f->dialog]--;
    f->dialog = dialog;
    s->atStage[dialog]++;
}

/* ------------------------------------------------------------ the deadline for answers
 */

static void Expect(WeirSession *s, int64_t limitNs)
{
    WeirTimerSet(Control(s), &s->timer, WeirMonoNs() + limitNs);
}

/* Something is owed by the receiver: set its time limit; else none. */
static void ExpectWhatIsOwed(WeirSession *s)
{
    int closing = s->atStage[WEIR_DIALOG_CLOSING];
    if (s->atStage[WEIR_DIALOG_REQUESTED] + closing > 0)
        Expect(s, ANSWER_NS + closing * CLOSE_NS);
    else
        WeirTimerStop(Control(s), &s->timer);
}

/* ------------------------------------------------------------ the end of a flow */

static void Release(WeirSession *s)
{
    s->state = WEIR_SESSION_RELEASING;
    WeirChannelSendType(&s->channel, WEIR_TSP_RELEASE, 0);
    Expect(s, RELEASE_NS);
}

/* Go on after flows were announced or have ended; the channel is released after the
 * last one. */
static void GoOn(WeirSession *s)
{
    if (s->flows)
        ExpectWhatIsOwed(s);
    else
        Release(s);
}

static void Cool(WeirSession *s)
{
    WeirSessionStopAwaiting(s);
    WeirChannelClose(&s->channel);
    WeirTimerStop(Control(s), &s->kindTimer);
    s->state = WEIR_SESSION_COOLING;
    Expect(s, COOL_NS);
}

/* The flow's dialogue is over. */
static void EndFlow(WeirSession *s, WeirFlow *f)
{
    WeirSessionUnlink(s, f);
    WeirFlowEnd(f);
    if (s->state == WEIR_SESSION_OPEN)
        GoOn(s);
    else if (s->state <= WEIR_SESSION_CONNECTING && !s->flows)
        Cool(s);
}

static WeirFlow *FindFlow(WeirSession *s, uint32_t id)
{
    return WeirKeyTabFind(&s->byId, id);
}

/* ------------------------------------------------------------ the end of a channel */

/* The channel is lost: every flow on it ends with this reason.  A flow whose data side
 * works is stopped there and ends when that has happened. */
static void Fail(WeirSession *s, int code, const char *fmt, ...)
{
    WeirErr err = { code, 0, "" };
    WeirFlow *f, *next;
    va_list args;
    va_start(args, fmt);
    vsnprintf(err.text, sizeof err.text, fmt, args);
    va_end(args);
    Cool(s);
    for (f = s->flows; f; f = next) {
        next = f->nextInSession;
        WeirFlowBlame(f, &err);
        if (f->dialog == WEIR_DIALOG_ACCEPTED) {
            WeirWorkerPost(f->worker, WeirSendStop, WeirFlowRef(f));
        } else {
            WeirSessionUnlink(s, f);
            WeirFlowEnd(f);
        }
    }
}

/* ------------------------------------------------------------ announcing flows */

/* The flow ends before it was announced. */
static void EndUnannounced(WeirSession *s, WeirFlow *f, const WeirErr *err)
{
    WeirFlowBlame(f, err);
    WeirSessionUnlink(s, f);
    WeirFlowEnd(f);
}

/* In passive mode the receiver is told where the data comes from. */
static void DescribePassive(const WeirFlow *f, WeirTspFlow *said)
{
    said->sender = WeirSockLocal(f->send.io.fd);
    said->fixed = !WeirAddrIsAny(&said->sender);
}

static void Request(WeirSession *s, WeirFlow *f)
{
    WeirTspMsg msg = { .type = WEIR_TSP_SEND_FLOW };
    WeirErr err;
    if (s->passive && WeirSendBind(f, &err) < 0) {
        EndUnannounced(s, f, &err);
        return;
    }
    msg.flow.id = f->id;
    msg.flow.protocol = (uint8_t)f->transport->code;
    msg.flow.application = (uint8_t)f->application;
    memcpy(msg.flow.serial, f->remoteSerial, sizeof msg.flow.serial);
    msg.flow.meter = f->roundTrip ? WEIR_ITG_RTTM : WEIR_ITG_OWDM;
    msg.flow.dsByte = (uint8_t)f->dsByte;
    msg.flow.payload = (uint8_t)f->payload;
    msg.flow.icmpType = f->icmpType;
    msg.flow.dst = f->dst;
    if (s->passive)
        DescribePassive(f, &msg.flow);
    SetDialog(s, f, WEIR_DIALOG_REQUESTED);
    s->announced++;
    WeirChannelSend(&s->channel, &msg);
}

/* A flow more than a stock receiver survives. */
static void RefuseSurplus(WeirSession *s, WeirFlow *f)
{
    char peer[WEIR_ADDR_TEXT];
    WeirErr err;
    WeirFail(&err, WEIR_E_LIMIT,
             "receiver %s is a stock ITGRecv, which dies of more than %d flows in a "
             "session: send to a Weir receiver",
             WeirSessionPeerText(s, peer), WEIR_STOCK_FLOWS);
    EndUnannounced(s, f, &err);
}

/* Announce the flow; one beyond what a stock receiver survives waits until the receiver
 * has said that it is a Weir. */
static void Announce(WeirSession *s, WeirFlow *f)
{
    if (s->announced < WEIR_STOCK_FLOWS || s->kind == WEIR_PEER_WEIR) {
        Request(s, f);
    } else if (s->kind == WEIR_PEER_STOCK) {
        RefuseSurplus(s, f);
    } else if (s->kind == WEIR_PEER_UNKNOWN) {
        s->kind = WEIR_PEER_ASKED;
        WeirChannelSendType(&s->channel, WEIR_TSP_DISCOVERY, 0);
        WeirTimerSet(Control(s), &s->kindTimer, WeirMonoNs() + KIND_NS);
    }
}

static void AnnounceWaiting(WeirSession *s)
{
    WeirFlow *f, *next;
    for (f = s->flows; f; f = next) {
        next = f->nextInSession;
        if (f->dialog == WEIR_DIALOG_WAITING)
            Announce(s, f);
    }
    GoOn(s);
}

void WeirSessionAnnounce(WeirSession *s, WeirFlow *f)
{
    Announce(s, f);
    GoOn(s);
}

static void KnowKind(WeirSession *s, WeirSessionPeer kind)
{
    WeirTimerStop(Control(s), &s->kindTimer);
    s->kind = kind;
    if (s->state == WEIR_SESSION_OPEN)
        AnnounceWaiting(s);
}

static void KindTimedOut(WeirTimer *timer, int64_t nowNs)
{
    KnowKind(timer->arg, WEIR_PEER_STOCK);
}

/* ------------------------------------------------------------ messages from the receiver
 */

static void OpenChannel(WeirSession *s)
{
    s->state = WEIR_SESSION_OPEN;
    AnnounceWaiting(s);
}

static void AskForLog(WeirSession *s)
{
    const WeirRemoteLog *log = &s->remoteLog;
    WeirTspMsg msg = { .type = WEIR_TSP_SEND_NAME_LOG };
    if (log->server.sa.sa_family != AF_UNSPEC) {
        msg.type = WEIR_TSP_SEND_FLOW_LOG;
        msg.logServer = log->server;
        msg.logProtocol = (uint8_t)log->protocol;
    }
    snprintf(msg.logName, sizeof msg.logName, "%s", log->name);
    s->state = WEIR_SESSION_NAMING;
    WeirChannelSend(&s->channel, &msg);
    Expect(s, ANSWER_NS);
}

static void LogRefused(WeirSession *s)
{
    const WeirRemoteLog *log = &s->remoteLog;
    char peer[WEIR_ADDR_TEXT], server[WEIR_ADDR_TEXT];
    if (log->server.sa.sa_family == AF_UNSPEC)
        Fail(s, WEIR_E_PEER, "receiver %s refused to open the log file \"%.100s\"",
             WeirSessionPeerText(s, peer), log->name);
    else
        Fail(s, WEIR_E_PEER,
             "receiver %s refused to log to \"%.100s\" on log server %s: it cannot reach "
             "it, or must not",
             WeirSessionPeerText(s, peer), log->name, WeirAddrText(&log->server, server));
}

/* In passive mode a stock receiver numbers its acknowledgements instead of naming the
 * flow: they come in the order of the announcements. */
static WeirFlow *Acknowledged(WeirSession *s, uint32_t id)
{
    WeirFlow *f = s->passive ? s->flows : FindFlow(s, id);
    while (s->passive && f && f->dialog != WEIR_DIALOG_REQUESTED)
        f = f->nextInSession;
    return f && f->dialog == WEIR_DIALOG_REQUESTED ? f : NULL;
}

/* The address that the data goes to.  In passive mode its port is learnt later. */
static void SetDestination(WeirSession *s, WeirFlow *f, unsigned port)
{
    pthread_mutex_lock(&f->lock);
    if (s->passive)
        f->dst = s->at;
    if (s->passive || port)
        WeirAddrSetPort(&f->dst, port);
    pthread_mutex_unlock(&f->lock);
}

static void FlowAccepted(WeirSession *s, const WeirTspMsg *msg)
{
    WeirTspMsg go = { .type = WEIR_TSP_ACK_SEND_FLOW, .passive = true };
    WeirFlow *f = Acknowledged(s, msg->flowId);
    if (!f)
        return;
    SetDialog(s, f, WEIR_DIALOG_ACCEPTED);
    f->graceNs = GRACE_NS + 2 * s->roundTripNs;
    if (f->graceNs > GRACE_LIMIT_NS)
        f->graceNs = GRACE_LIMIT_NS;
    SetDestination(s, f, s->passive ? 0 : msg->port);
    ExpectWhatIsOwed(s);
    WeirWorkerPost(f->worker, WeirSendOpen, WeirFlowRef(f));
    go.flowId = f->id;
    if (s->passive) /* our data socket waits already */
        WeirChannelSend(&s->channel, &go);
}

/* The receiver cannot serve the flow, or no longer. */
static void FlowRefused(WeirSession *s, const WeirTspMsg *msg)
{
    WeirFlow *f = FindFlow(s, msg->flowId);
    WeirErr err;
    char peer[WEIR_ADDR_TEXT], dst[WEIR_ADDR_TEXT];
    const char *why = msg->type == WEIR_TSP_ERR_BIND && f && f->remoteSerial[0]
                          ? "could not open the data port, or the serial device, of"
                      : msg->type == WEIR_TSP_ERR_BIND ? "could not open the data port of"
                      : msg->type == WEIR_TSP_ERR_ICMP
                          ? "cannot receive the ICMP messages of"
                          : "could not read the TCP connection of";
    if (!f)
        return;
    pthread_mutex_lock(&f->lock); /* in passive mode the data worker learns it */
    WeirAddrText(&f->dst, dst);
    pthread_mutex_unlock(&f->lock);
    WeirFail(&err, WEIR_E_PEER, "receiver %s %s flow %u (%s)",
             WeirSessionPeerText(s, peer), why, f->id, dst);
    WeirFlowBlame(f, &err);
    if (f->dialog == WEIR_DIALOG_ACCEPTED)
        WeirWorkerPost(f->worker, WeirSendStop, WeirFlowRef(f));
    else
        EndFlow(s, f);
}

/* The receiver is there: ask for its log, if one is wanted, then announce the flows. */
static void Greeted(WeirSession *s, int64_t tookNs)
{
    s->roundTripNs = tookNs;
    if (s->remoteLog.name[0])
        AskForLog(s);
    else
        OpenChannel(s);
}

/* Returns false when the session is gone or closed. */
static bool Handle(WeirSession *s, const WeirTspMsg *msg)
{
    char peer[WEIR_ADDR_TEXT];
    WeirFlow *f;
    switch (msg->type) {
    case WEIR_TSP_ACK_CONNECT:
        if (s->state == WEIR_SESSION_GREETING)
            Greeted(s, WeirMonoNs() - s->askedNs);
        break;
    case WEIR_TSP_ACK_SEND_NAME_LOG:
    case WEIR_TSP_ACK_SEND_FLOW_LOG:
        if (s->state == WEIR_SESSION_NAMING)
            OpenChannel(s);
        break;
    case WEIR_TSP_ERR_AUTH:
        Fail(s, WEIR_E_PEER, "receiver %s refused the session: authentication failed",
             WeirSessionPeerText(s, peer));
        return false;
    case WEIR_TSP_ERR_LOG:
        LogRefused(s);
        return false;
    case WEIR_TSP_ACK_SEND_FLOW:
        FlowAccepted(s, msg);
        break;
    case WEIR_TSP_ERR_BIND:
    case WEIR_TSP_ERR_ICMP:
    case WEIR_TSP_ERR_TCP:
        FlowRefused(s, msg);
        break;
    case WEIR_TSP_ACK_CLOSED_FLOW:
        f = FindFlow(s, msg->flowId);
        if (f && f->dialog == WEIR_DIALOG_CLOSING)
            EndFlow(s, f);
        break;
    case WEIR_TSP_ACK_RELEASE: /* it hangs up now */
        if (s->state == WEIR_SESSION_RELEASING)
            Expect(s, HANG_UP_NS);
        break;
    case WEIR_TSP_DISCOVERY:
        WeirChannelSendType(&s->channel, WEIR_TSP_ACK_DISCOVERY, 0);
        break;
    case WEIR_TSP_ACK_DISCOVERY:
        KnowKind(s, WEIR_PEER_WEIR);
        break;
    default:
        break;
    }
    return true;
}

static void HandleInput(WeirSession *s)
{
    WeirTspMsg msg;
    WeirErr err;
    char peer[WEIR_ADDR_TEXT];
    int rc;
    while ((rc = WeirChannelNext(&s->channel, &msg, &err)) > 0)
        if (!Handle(s, &msg))
            return;
    if (rc < 0)
        Fail(s, WEIR_E_PEER, "receiver %s does not speak D-ITG's signalling: %.200s",
             WeirSessionPeerText(s, peer), err.text);
}

/* ------------------------------------------------------------ the socket */

static void Readable(WeirSession *s)
{
    char peer[WEIR_ADDR_TEXT], why[96];
    WeirErr err = { 0, 0, "" };
    int rc = WeirChannelRead(&s->channel, &err);
    if (rc > 0)
        HandleInput(s);
    else if (rc < 0 && s->state == WEIR_SESSION_RELEASING) /* as a receiver does then */
        Cool(s);
    else if (rc < 0 && err.sysErrno)
        Fail(s, WEIR_E_PEER, "the signalling connection to %s broke: %s",
             WeirSessionPeerText(s, peer), strerror_r(err.sysErrno, why, sizeof why));
    else if (rc < 0)
        Fail(s, WEIR_E_PEER, "receiver %s closed the signalling connection",
             WeirSessionPeerText(s, peer));
}

static void Connected(WeirSession *s)
{
    char peer[WEIR_ADDR_TEXT], why[96];
    int error = WeirSockResult(s->channel.io.fd);
    if (error) {
        Fail(s, error == ETIMEDOUT ? WEIR_E_TIMEOUT : WEIR_E_PEER,
             "cannot reach a receiver at %s: %s", WeirSessionPeerText(s, peer),
             strerror_r(error, why, sizeof why));
        return;
    }
    WeirIoWant(Control(s), &s->channel.io, WEIR_POLL_IN);
    s->state = WEIR_SESSION_GREETING;
    s->askedNs = WeirMonoNs();
    WeirChannelSendType(&s->channel, WEIR_TSP_CONNECT, 0);
    Expect(s, ANSWER_NS);
}

static void Ready(WeirIo *io, unsigned events)
{
    WeirSession *s = io->arg;
    if (s->state == WEIR_SESSION_CONNECTING) {
        Connected(s);
        return;
    }
    if (events & WEIR_POLL_OUT)
        WeirChannelFlush(&s->channel);
    if (events & (WEIR_POLL_IN | WEIR_POLL_HUP))
        Readable(s);
}

static void TimedOut(WeirTimer *timer, int64_t nowNs)
{
    WeirSession *s = timer->arg;
    char peer[WEIR_ADDR_TEXT];
    switch (s->state) {
    case WEIR_SESSION_COOLING:
        if (!s->flows)
            WeirSessionFree(s);
        else if (s->flows->dialog == WEIR_DIALOG_WAITING)
            WeirSessionConnect(s);
        else /* the data side of a failed flow is still ending */
            Expect(s, COOL_NS);
        break;
    case WEIR_SESSION_RELEASING:
        Cool(s);
        break;
    case WEIR_SESSION_CONNECTING:
        Fail(s, WEIR_E_TIMEOUT, "cannot reach a receiver at %s: no answer in %d s",
             WeirSessionPeerText(s, peer), (int)(ANSWER_NS / WEIR_NS_PER_S));
        break;
    default:
        Fail(s, WEIR_E_TIMEOUT, "receiver %s did not answer in time",
             WeirSessionPeerText(s, peer));
    }
}

static int Call(WeirSession *s, WeirErr *err)
{
    WeirSockOpts opts = { .noDelay = 1, .interface = s->interface };
    int fd = WeirSockOpen(s->peer.sa.sa_family, SOCK_STREAM, &s->local, &opts, err), rc;
    if (fd < 0)
        return fd;
    rc = WeirSockConnect(fd, &s->peer, err);
    if (rc < 0) {
        close(fd);
        return WEIR_E_PEER;
    }
    Expect(s, ANSWER_NS);
    return WeirChannelOpen(&s->channel, Control(s), fd, WEIR_POLL_OUT, err);
}

void WeirSessionConnect(WeirSession *s)
{
    WeirErr err;
    int rc;
    s->remoteLog = s->flows->remoteLog;
    s->local = s->flows->signalSrc;
    memcpy(s->interface, s->flows->signalInterface, sizeof s->interface);
    s->at = s->peer;
    s->state = s->passive ? WEIR_SESSION_AWAITING : WEIR_SESSION_CONNECTING;
    s->kind = WEIR_PEER_UNKNOWN;
    s->announced = 0;
    rc = s->passive ? WeirSessionAwait(s, &err) : Call(s, &err);
    if (rc < 0)
        Fail(s, rc, "%s", err.text);
    else if (s->passive)
        WeirSessionTellPlace(s);
}

void WeirSessionGreeted(WeirSession *s, int fd, const WeirAddr *at, int64_t tookNs)
{
    WeirErr err;
    s->at = *at;
    if (WeirChannelOpen(&s->channel, Control(s), fd, WEIR_POLL_IN, &err) < 0)
        Fail(s, WEIR_E_POSIX, "%s", err.text);
    else
        Greeted(s, tookNs);
}

void WeirSessionInit(WeirSession *s)
{
    s->channel.io.fd = -1;
    s->channel.peer = WEIR_TSP_RECEIVER;
    s->channel.outLimit = OUT_LIMIT;
    s->channel.io.ready = Ready;
    s->timer.fire = TimedOut;
    s->kindTimer.fire = KindTimedOut;
    s->channel.io.arg = s->timer.arg = s->kindTimer.arg = s;
    s->state = WEIR_SESSION_COOLING;
}

/* ------------------------------------------------------------ what the flows say */

/* Whether the channel still carries messages for the flow. */
static bool ChannelOpen(const WeirFlow *f)
{
    return f->session && f->session->state == WEIR_SESSION_OPEN;
}

void WeirSessionCancel(WeirFlow *f)
{
    WeirSession *s = f->session;
    if (s->state == WEIR_SESSION_OPEN && f->dialog == WEIR_DIALOG_REQUESTED)
        WeirChannelSendType(&s->channel, WEIR_TSP_CLOSED_ERR, f->id);
    EndFlow(s, f);
}

void WeirSessionDataOpened(WeirFlow *f, bool ok)
{
    if (!f->session)
        return;
    if (ok) {
        if (f->dialog == WEIR_DIALOG_ACCEPTED)
            WeirFlowSetState(f, WEIR_FLOW_READY);
        WeirFlowSettled(f);
        return;
    }
    WeirSessionDataEnded(f, false);
}

void WeirSessionDataEnded(WeirFlow *f, bool ok)
{
    WeirSession *s = f->session;
    if (!s)
        return;
    if (ok && ChannelOpen(f)) {
        WeirFlowSetState(f, WEIR_FLOW_CLOSING);
        SetDialog(s, f, WEIR_DIALOG_CLOSING);
        WeirChannelSendType(&s->channel, WEIR_TSP_CLOSED_FLOW, f->id);
        WeirFlowSettled(f);
        ExpectWhatIsOwed(s);
        return;
    }
    if (ChannelOpen(f))
        WeirChannelSendType(&s->channel, WEIR_TSP_CLOSED_ERR, f->id);
    EndFlow(s, f);
}
