/* The receiver's TSP dialogue with one sender.  Runs on the control worker only.
 *
 * A sender that is idle for 100 s (-discovery) is asked whether it still lives; two such
 * questions without an answer end the session.  Bytes that are no signalling message end
 * the session and nothing else. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/keytab.h"
#include "poll.h"
#include "receiver/receiverInt.h"
#include "sock.h"
#include "wire/channel.h"
#include "wire/settle.h"

#define GREETING_NS (10 * WEIR_NS_PER_S)
#define RELEASE_NS  (2500 * WEIR_NS_PER_MS) /* senders wait 3 s, stock ones 100 s */
#define LOG_LOOK_NS (5 * WEIR_NS_PER_MS)

enum { OUT_LIMIT = 64 * 1024, OUT_PER_FLOW = 16 };

struct WeirRecvSession {
    WeirRecvSession *next;
    WeirReceiver *receiver;
    WeirAddr peer;
    WeirChannel channel;
    WeirTimer timer;
    bool greeted, passive;
    int unanswered;          /* DISCOVERY messages */
    WeirLog *log;            /* the log this sender asked for */
    WeirLogOpening *opening; /* until there is one */
    WeirTspType logAnswer;
    WeirTimer logTimer; /* until it is ready; until it is complete */
    WeirLog *leftLog;   /* released: it need only be complete */
    uint64_t leftMark;
    int64_t releaseByNs;
    WeirSinkFlow *flows; /* youngest first */
    WeirKeyTab byId;
    bool broken; /* end it as soon as the present message is done */
};

static WeirWorker *Control(WeirRecvSession *s)
{
    return WeirEngineControl(s->receiver->engine);
}

/* ------------------------------------------------------------ answers */

static void Send(WeirRecvSession *s, const WeirTspMsg *msg)
{
    if (!WeirChannelSend(&s->channel, msg))
        s->broken = true; /* a peer that asks and never reads */
}

static void SendSimple(WeirRecvSession *s, WeirTspType type, uint32_t flowId)
{
    WeirTspMsg msg = { .type = type, .flowId = flowId };
    Send(s, &msg);
}

/* ------------------------------------------------------------ the end of a session */

/* Let the flow drain; its end is answered only when `closing`. */
static void StartDrain(WeirSinkFlow *f)
{
    if (f->added)
        WeirWorkerPost(f->worker, WeirSinkDrain, WeirSinkFlowRef(f));
}

void WeirRecvSessionEnd(WeirRecvSession *s, const WeirErr *reason)
{
    WeirReceiver *r = s->receiver;
    WeirRecvSession **link = &r->sessions;
    WeirSinkFlow *f, *next;
    char peer[WEIR_ADDR_TEXT];
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    WeirTimerStop(Control(s), &s->timer);
    WeirTimerStop(Control(s), &s->logTimer);
    WeirChannelClose(&s->channel);
    for (f = s->flows; f; f = next) {
        next = f->nextInSession;
        WeirKeyTabRemove(&s->byId, &f->inSession);
        WeirKeyTabRemove(&r->icmp, &f->inIcmp);
        f->session = NULL;
        pthread_mutex_lock(&f->lock);
        if (f->active && !f->closing && !f->reason.code)
            f->reason = *reason;
        pthread_mutex_unlock(&f->lock);
        if (!f->closing)
            StartDrain(f);
        WeirSinkFlowUnref(f);
    }
    atomic_fetch_sub(&r->sessionsActive, 1);
    WeirBusy(WEIR_BUSY_RECEIVERS, -1);
    if (s->passive)
        WeirRecvCallOver(r, s->greeted);
    WeirReceiverEvent(r, WEIR_RECEIVER_EV_SESSIONCLOSE, 0, WeirAddrText(&s->peer, peer));
    WeirReceiverCheckIdle(r);
    WeirLogOpenForget(s->opening);
    WeirLogLeave(s->log);
    WeirLogUnref(s->leftLog);
    WeirKeyTabFree(&s->byId);
    free(s);
    WeirReceiverUnref(r);
}

void WeirRecvSessionsEnd(WeirReceiver *r, const WeirErr *reason)
{
    while (r->sessions)
        WeirRecvSessionEnd(r->sessions, reason);
}

static void EndWith(WeirRecvSession *s, int code, const char *why)
{
    WeirErr reason;
    char peer[WEIR_ADDR_TEXT];
    WeirFail(&reason, code, "sender %s %.200s", WeirAddrText(&s->peer, peer), why);
    WeirRecvSessionEnd(s, &reason);
}

/* A link-local address travels without its interface: that of the signalling connection,
 * when this is link-local as well. */
static void AddScope(WeirRecvSession *s, WeirAddr *addr)
{
    WeirAddr local = WeirSockLocal(s->channel.io.fd);
    if (addr->sa.sa_family == AF_INET6 && local.sa.sa_family == AF_INET6 &&
        IN6_IS_ADDR_LINKLOCAL(&addr->v6.sin6_addr))
        addr->v6.sin6_scope_id = local.v6.sin6_scope_id;
}

/* ------------------------------------------------------------ logs that senders ask for
 */

static void RefuseLog(WeirRecvSession *s, const WeirErr *err)
{
    WeirReceiverEvent(s->receiver, WEIR_RECEIVER_EV_ERROR, 0, err->text);
    SendSimple(s, WEIR_TSP_ERR_LOG, 0);
}

/* Answer once the log takes records. */
static void AwaitLog(WeirTimer *timer, int64_t nowNs)
{
    WeirRecvSession *s = timer->arg;
    WeirErr err;
    int ready = 1;
    if (s->opening)
        ready = WeirRecvLogOpened(s->receiver, &s->opening, &s->log, &err);
    if (ready > 0)
        ready = WeirLogReady(s->log, &err);
    if (ready == 0) {
        WeirTimerSet(Control(s), timer, nowNs + LOG_LOOK_NS);
    } else if (ready > 0) {
        SendSimple(s, s->logAnswer, 0);
    } else {
        WeirLogLeave(s->log);
        s->log = NULL;
        RefuseLog(s, &err);
    }
}

static void AskLog(WeirRecvSession *s, WeirTspMsg *msg)
{
    WeirErr err;
    s->logAnswer = msg->type == WEIR_TSP_SEND_FLOW_LOG ? WEIR_TSP_ACK_SEND_FLOW_LOG
                                                       : WEIR_TSP_ACK_SEND_NAME_LOG;
    AddScope(s, &msg->logServer);
    if (s->receiver->log) { /* the receiver's own log takes everything */
        SendSimple(s, s->logAnswer, 0);
    } else if (s->log || s->opening ||
               WeirRecvLogOpen(s->receiver, msg, &s->peer, &s->log, &s->opening, &err) >=
                   0) {
        s->logTimer.fire = AwaitLog;
        s->logTimer.arg = s;
        WeirTimerStop(Control(s), &s->logTimer); /* of an earlier question */
        AwaitLog(&s->logTimer, WeirMonoNs());
    } else {
        RefuseLog(s, &err);
    }
}

/* ------------------------------------------------------------ flows */

static WeirSinkFlow *FindFlow(WeirRecvSession *s, uint32_t id)
{
    return WeirKeyTabFind(&s->byId, id);
}

/* Without ports only type and flow id tell apart the ICMP flows of a host to one address.
 */
static uint64_t IcmpKey(const WeirAddr *peer, const WeirTspFlow *said)
{
    WeirAddr from = *peer, to = said->dst;
    WeirAddrSetPort(&from, 0);
    WeirAddrSetPort(&to, 0);
    return ((uint64_t)WeirAddrHash(&from) << 32 | WeirAddrHash(&to)) ^
           (said->payload == WEIR_PAYLOAD_NONE ? 0 : said->id);
}

/* Whether another flow of this host has the same messages, as far as they are said. */
static bool LooksLikeAnother(const WeirRecvSession *s, const WeirTspFlow *said)
{
    const WeirSinkFlow *f = WeirKeyTabFind(&s->receiver->icmp, IcmpKey(&s->peer, said));
    while (f &&
           !(WeirAddrSameHost(&f->peer, &s->peer) && WeirSinkIcmpAlike(&f->said, said)))
        f = WeirKeyTabNext(&f->inIcmp);
    return f != NULL;
}

/* The session's list takes the creator's reference. */
static void LinkFlow(WeirRecvSession *s, WeirSinkFlow *f)
{
    size_t answers;
    f->session = s;
    f->link = &s->flows;
    f->nextInSession = s->flows;
    if (s->flows)
        s->flows->link = &f->nextInSession;
    s->flows = f;
    WeirKeyTabAdd(&s->byId, &f->inSession, f->said.id, f);
    if (f->said.protocol == WEIR_ITG_ICMP)
        WeirKeyTabAdd(&s->receiver->icmp, &f->inIcmp, IcmpKey(&f->peer, &f->said), f);
    answers = OUT_LIMIT + s->byId.count * OUT_PER_FLOW;
    if (s->channel.outLimit < answers)
        s->channel.outLimit = answers;
}

static void UnlinkFlow(WeirRecvSession *s, WeirSinkFlow *f)
{
    *f->link = f->nextInSession;
    if (f->nextInSession)
        f->nextInSession->link = f->link;
    WeirKeyTabRemove(&s->byId, &f->inSession);
    WeirKeyTabRemove(&s->receiver->icmp, &f->inIcmp);
    f->session = NULL;
    WeirSinkFlowUnref(f);
}

static void RefuseFlow(WeirRecvSession *s, const WeirTspFlow *said, const char *why)
{
    char text[200], peer[WEIR_ADDR_TEXT];
    snprintf(text, sizeof text, "flow %u of %s was refused: %s", said->id,
             WeirAddrText(&s->peer, peer), why);
    atomic_fetch_add(&s->receiver->refused, 1);
    WeirReceiverEvent(s->receiver, WEIR_RECEIVER_EV_ERROR, 0, text);
    SendSimple(s, said->protocol == WEIR_ITG_ICMP ? WEIR_TSP_ERR_ICMP : WEIR_TSP_ERR_BIND,
               said->id);
}

/* We say hello where the sender says that its data comes from, but to no third host on
 * its word. */
static int CheckSource(const WeirRecvSession *s, const WeirAddr *source, WeirErr *err)
{
    const WeirReceiver *r = s->receiver;
    char theirs[WEIR_ADDR_TEXT], host[WEIR_ADDR_TEXT];
    if (WeirAddrSameHost(source, &s->peer) ||
        (WeirAddrIsLoopback(source) && WeirAddrIsLoopback(&s->peer)) ||
        WeirAddrNetsHave(r->sources, r->sourceCount, source))
        return WEIR_OK;
    return WeirFail(err, WEIR_E_PERM,
                    "its data would come from %s, which is neither the host that was "
                    "called, %s, nor one of -allowsource",
                    WeirAddrHost(source, theirs), WeirAddrHost(&s->peer, host));
}

/* In passive mode the sender says where its data comes from, the host only if its user
 * chose one, and the receiver answers to that from an address of the same kind. */
static int CompleteSender(WeirRecvSession *s, WeirTspFlow *said, WeirErr *err)
{
    const WeirAddr *bind = &s->receiver->bindAddr;
    unsigned port = WeirAddrPort(&said->sender);
    int family;
    if (!said->fixed || WeirAddrIsAny(&said->sender)) {
        said->sender = s->peer;
        WeirAddrSetPort(&said->sender, port);
    }
    if (CheckSource(s, &said->sender, err) < 0)
        return err->code;
    AddScope(s, &said->sender);
    family = said->sender.sa.sa_family;
    said->dst = WeirAddrAny(family, WeirAddrPort(&said->dst));
    if (bind->sa.sa_family != AF_UNSPEC && !WeirAddrIsAny(bind) &&
        bind->sa.sa_family != family)
        return WeirFail(err, WEIR_E_ARG, "-bind is no %s address, as the sender's is",
                        family == AF_INET ? "IPv4" : "IPv6");
    return WEIR_OK;
}

static void AddFlow(WeirRecvSession *s, WeirTspFlow *said)
{
    WeirSinkFlow *f;
    WeirErr err;
    if (!WeirTransportOf(said->protocol)) {
        char why[80];
        snprintf(why, sizeof why, "%s is not supported here",
                 WeirTransportName(said->protocol));
        RefuseFlow(s, said, why);
        return;
    }
    if (s->passive && said->protocol != WEIR_ITG_UDP && said->protocol != WEIR_ITG_TCP) {
        RefuseFlow(s, said, "passive mode is for UDP and TCP");
        return;
    }
    if (s->opening) {
        RefuseFlow(s, said, "the log that its sender asked for is not open yet");
        return;
    }
    if (FindFlow(s, said->id)) {
        RefuseFlow(s, said, "the session has a flow with this id");
        return;
    }
    if (said->protocol == WEIR_ITG_ICMP && LooksLikeAnother(s, said)) {
        RefuseFlow(s, said,
                   "ICMP has no ports, and its messages could not be told from those of "
                   "another flow of this host: give one of them another id or type");
        return;
    }
    if (atomic_load(&s->receiver->flowsActive) >= WEIR_RECEIVER_FLOWS) {
        RefuseFlow(s, said, "the receiver serves 65,536 flows");
        return;
    }
    AddScope(s, &said->dst);
    f = s->passive && CompleteSender(s, said, &err) < 0
            ? NULL
            : WeirSinkFlowNew(s->receiver, said, &s->peer,
                              s->receiver->log ? s->receiver->log : s->log, &err);
    if (!f) {
        RefuseFlow(s, said, err.text);
        return;
    }
    LinkFlow(s, f);
    if (s->passive) /* stock senders go by the order of these */
        SendSimple(s, WEIR_TSP_ACK_SEND_FLOW, said->id);
    WeirSinkAdd(WeirSinkFlowRef(f));
}

/* The sender of a passive flow waits for our hello. */
static void CallFlow(WeirRecvSession *s, const WeirTspMsg *msg)
{
    WeirSinkFlow *f = FindFlow(s, msg->flowId);
    if (!f || f->called)
        return;
    f->called = true;
    if (f->added)
        WeirWorkerPost(f->worker, WeirSinkCall, WeirSinkFlowRef(f));
}

void WeirRecvFlowBegin(WeirSinkFlow *f)
{
    WeirTspMsg msg = { .type = WEIR_TSP_ACK_SEND_FLOW, .flowId = f->said.id };
    bool broken;
    f->added = true;
    WeirRecvRowAdd(f);
    pthread_mutex_lock(&f->lock);
    msg.port = (uint16_t)WeirAddrPort(&f->shownDst);
    pthread_mutex_unlock(&f->lock);
    WeirReceiverEvent(f->receiver, WEIR_RECEIVER_EV_FLOWSTART, f->number, NULL);
    if (f->session && !f->session->passive)
        Send(f->session, &msg);
    if (f->called)
        WeirWorkerPost(f->worker, WeirSinkCall, WeirSinkFlowRef(f));
    pthread_mutex_lock(&f->lock);
    broken = f->reason.code != 0;
    pthread_mutex_unlock(&f->lock);
    if (!f->session || f->closing || f->givenUp || broken) /* meanwhile */
        StartDrain(f);
    WeirSinkFlowUnref(f);
}

/* The sink worker has let the flow go.  The receiver's list keeps an accepted one for its
 * figures, but neither its log nor its histograms. */
static void FlowGone(WeirSinkFlow *f)
{
    WeirReceiver *r = WeirReceiverRef(f->receiver); /* the port's may be the last */
    WeirLogLeave(f->log);
    f->log = NULL;
    WeirAccountClose(f->account);
    if (f->port) {
        WeirRecvTurnLeave(f);
        WeirSinkPortDrop(f->port, NULL, NULL);
    }
    f->port = NULL;
    pthread_mutex_lock(&f->lock);
    f->active = false;
    pthread_mutex_unlock(&f->lock);
    atomic_fetch_sub(&r->flowsActive, 1);
    WeirBusy(WEIR_BUSY_RECEIVERS, -1);
    if (f->added) {
        WeirRecvRowEnd(f);
        atomic_fetch_add(&r->flowsEnded, 1);
        WeirReceiverEvent(r, WEIR_RECEIVER_EV_FLOWEND, f->number, f->reason.text);
    }
    WeirReceiverCheckIdle(r);
    WeirReceiverUnref(r);
}

void WeirRecvFlowRefused(void *arg)
{
    WeirSinkFlow *f = arg;
    if (f->session) {
        RefuseFlow(f->session, &f->said, f->reason.text);
        UnlinkFlow(f->session, f);
    }
    FlowGone(f);
    WeirSinkFlowUnref(f);
}

/* The sink has drained the flow and its records are in the file.  The sender hears of it
 * when its next flow can have the port. */
void WeirRecvFlowEnded(void *arg)
{
    WeirSinkFlow *f = arg;
    WeirSinkPort *port = f->port;
    if (port) {
        WeirRecvTurnLeave(f);
        f->port = NULL;
        if (WeirSinkPortDrop(port, WeirRecvFlowEnded, f))
            return; /* comes back */
    }
    FlowGone(f);
    if (f->session) {
        if (f->closing)
            SendSimple(f->session, WEIR_TSP_ACK_CLOSED_FLOW, f->said.id);
        else if (f->transport->connected && f->reason.code && !f->givenUp)
            SendSimple(f->session, WEIR_TSP_ERR_TCP, f->said.id);
        else if (f->called && f->reason.code && !f->givenUp)
            SendSimple(f->session, WEIR_TSP_ERR_BIND, f->said.id);
        UnlinkFlow(f->session, f);
    }
    WeirSinkFlowUnref(f);
}

static void CloseFlow(WeirRecvSession *s, const WeirTspMsg *msg)
{
    WeirSinkFlow *f = FindFlow(s, msg->flowId);
    if (!f) { /* one that ended before, by itself */
        if (msg->type == WEIR_TSP_CLOSED_FLOW)
            SendSimple(s, WEIR_TSP_ACK_CLOSED_FLOW, msg->flowId);
        return;
    }
    if (msg->type == WEIR_TSP_CLOSED_ERR) {
        pthread_mutex_lock(&f->lock);
        WeirFail(&f->reason, WEIR_E_PEER, "the sender gave the flow up");
        pthread_mutex_unlock(&f->lock);
        f->givenUp = true;
        StartDrain(f);
    } else if (!f->closing) {
        f->closing = true;
        StartDrain(f);
    }
}

/* ------------------------------------------------------------ the release */

static void AckRelease(WeirTimer *timer, int64_t nowNs)
{
    static const WeirErr early = {
        WEIR_E_PEER, 0, "the sender released the session before closing the flow"
    };
    WeirRecvSession *s = timer->arg;
    if (s->leftLog && !WeirLogComplete(s->leftLog, s->leftMark) &&
        nowNs < s->releaseByNs) {
        WeirTimerSet(Control(s), timer, nowNs + LOG_LOOK_NS);
        return;
    }
    SendSimple(s, WEIR_TSP_ACK_RELEASE, 0);
    WeirRecvSessionEnd(s, &early);
}

/* The sender may read its log once its release is acknowledged. */
static void Release(WeirRecvSession *s)
{
    int64_t nowNs = WeirMonoNs();
    s->releaseByNs = nowNs + RELEASE_NS;
    if (s->log && !s->flows) {
        s->leftLog = WeirLogHold(s->log);
        s->leftMark = WeirLogMark(s->log);
        WeirLogLeave(s->log);
        s->log = NULL;
    }
    s->logTimer.fire = AckRelease;
    s->logTimer.arg = s;
    AckRelease(&s->logTimer, nowNs);
}

/* ------------------------------------------------------------ messages from the sender
 */

/* Ask for a word when there is none for some time. */
static void AwaitWord(WeirRecvSession *s)
{
    if (s->receiver->discoveryNs > 0)
        WeirTimerSet(Control(s), &s->timer, WeirMonoNs() + s->receiver->discoveryNs);
}

/* Returns false when the session is over, or ends with its log. */
static bool Handle(WeirRecvSession *s, WeirTspMsg *msg)
{
    if (!s->greeted && msg->type != WEIR_TSP_CONNECT) {
        EndWith(s, WEIR_E_PARSE, "did not greet");
        return false;
    }
    switch (msg->type) {
    case WEIR_TSP_CONNECT:
        s->greeted = true;
        AwaitWord(s);
        SendSimple(s, WEIR_TSP_ACK_CONNECT, 0);
        break;
    case WEIR_TSP_SEND_NAME_LOG:
    case WEIR_TSP_SEND_FLOW_LOG:
        AskLog(s, msg);
        break;
    case WEIR_TSP_SEND_FLOW:
        AddFlow(s, &msg->flow);
        break;
    case WEIR_TSP_ACK_SEND_FLOW:
        CallFlow(s, msg);
        break;
    case WEIR_TSP_CLOSED_FLOW:
    case WEIR_TSP_CLOSED_ERR:
        CloseFlow(s, msg);
        break;
    case WEIR_TSP_DISCOVERY: /* a Weir that wants to know whether we are one */
        SendSimple(s, WEIR_TSP_ACK_DISCOVERY, 0);
        break;
    case WEIR_TSP_RELEASE:
        Release(s);
        return false;
    default: /* ACK_DISCOVERY: any byte shows that the sender lives */
        break;
    }
    if (s->broken) {
        EndWith(s, WEIR_E_PEER, "does not read its answers");
        return false;
    }
    return true;
}

static void HandleInput(WeirRecvSession *s)
{
    WeirTspMsg msg;
    WeirErr err;
    int rc;
    if (s->releaseByNs) { /* whatever follows a release is not heard */
        s->channel.inLen = 0;
        return;
    }
    while ((rc = WeirChannelNext(&s->channel, &msg, &err)) > 0)
        if (!Handle(s, &msg))
            return;
    if (rc < 0) {
        WeirReceiverEvent(s->receiver, WEIR_RECEIVER_EV_ERROR, 0, err.text);
        EndWith(s, WEIR_E_PARSE, "does not speak D-ITG's signalling");
    }
}

static void Ready(WeirIo *io, unsigned events)
{
    WeirRecvSession *s = io->arg;
    int rc;
    if (events & WEIR_POLL_OUT)
        WeirChannelFlush(&s->channel);
    if (!(events & (WEIR_POLL_IN | WEIR_POLL_HUP)))
        return;
    rc = WeirChannelRead(&s->channel, NULL);
    if (rc > 0) {
        s->unanswered = 0;
        if (s->greeted)
            AwaitWord(s);
        HandleInput(s);
    } else if (rc < 0) {
        EndWith(s, WEIR_E_PEER, "went away without closing the flow");
    }
}

static void Idle(WeirTimer *timer, int64_t nowNs)
{
    WeirRecvSession *s = timer->arg;
    if (!s->greeted) {
        EndWith(s, WEIR_E_TIMEOUT, "did not greet");
    } else if (s->unanswered >= 2) {
        EndWith(s, WEIR_E_TIMEOUT, "does not answer any more");
    } else {
        s->unanswered++;
        SendSimple(s, WEIR_TSP_DISCOVERY, 0);
        AwaitWord(s);
    }
}

bool WeirRecvSessionMakeRoom(WeirReceiver *r)
{
    WeirRecvSession *s, *oldest = NULL;
    for (s = r->sessions; s; s = s->next) /* youngest first */
        if (!s->greeted)
            oldest = s;
    if (oldest)
        EndWith(oldest, WEIR_E_LIMIT, "did not greet while others had to wait");
    return oldest != NULL;
}

void WeirRecvSessionOpen(WeirReceiver *r, int fd, const WeirAddr *peer)
{
    WeirRecvSession *s = calloc(1, sizeof *s);
    char text[WEIR_ADDR_TEXT];
    if (!s) {
        close(fd);
        return;
    }
    s->receiver = r;
    s->peer = *peer;
    s->passive = r->passive;
    s->channel.peer = s->passive ? WEIR_TSP_PASSIVE_SENDER : WEIR_TSP_SENDER;
    s->channel.outLimit = OUT_LIMIT;
    s->channel.io.ready = Ready;
    s->channel.io.arg = s->timer.arg = s;
    s->timer.fire = Idle;
    if (WeirChannelOpen(&s->channel, Control(s), fd, WEIR_POLL_IN, NULL) < 0) {
        free(s);
        return;
    }
    WeirReceiverRef(r);
    s->next = r->sessions;
    r->sessions = s;
    atomic_fetch_add(&r->sessionsSeen, 1);
    atomic_fetch_add(&r->sessionsActive, 1);
    WeirBusy(WEIR_BUSY_RECEIVERS, 1);
    WeirTimerSet(Control(s), &s->timer, WeirMonoNs() + GREETING_NS);
    WeirReceiverEvent(r, WEIR_RECEIVER_EV_SESSIONOPEN, 0, WeirAddrText(peer, text));
}
