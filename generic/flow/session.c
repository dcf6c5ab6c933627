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
#include "base/keytab.h"
#include "flow/channel.h"
#include "flow/flowInt.h"
#include "poll.h"
#include "sock.h"

#define ANSWER_NS      (30 * WEIR_NS_PER_S)    /* for the receiver's next answer */
#define CLOSE_NS       (1200 * WEIR_NS_PER_MS) /* stock receivers close one flow a second */
#define RELEASE_NS     (3 * WEIR_NS_PER_S)
#define COOL_NS        (60 * WEIR_NS_PER_MS)
#define GRACE_NS       (50 * WEIR_NS_PER_MS) /* from the last packet to CLOSED_FLOW */
#define GRACE_LIMIT_NS (2 * WEIR_NS_PER_S)

enum { OUT_LIMIT = 4 << 20 }; /* 100,000 announcements of flows */

typedef enum SessionState {
    CONNECTING, /* TCP */
    GREETING,   /* CONNECT sent */
    NAMING,     /* SEND_NAME_LOG sent */
    OPEN,
    RELEASING, /* RELEASE sent */
    COOLING    /* closed; new flows to the same receiver wait here */
} SessionState;

struct WeirSession {
    WeirSession *next;
    WeirEngine *engine;
    WeirAddr peer, local;
    char remoteLog[WEIR_ITG_NAME_BYTES];
    SessionState state;
    WeirChannel channel;
    WeirTimer timer;
    int64_t askedNs, roundTripNs; /* of CONNECT */
    WeirFlow *flows, *lastFlow;   /* each holds the control worker's reference of it */
    WeirKeyTab byId;
    int atStage[WEIR_DIALOG_ENDED]; /* flows at each stage of their dialogue */
};

atomic_int weirSessions;      /* channels that are not cooling */
static WeirSession *sessions; /* control worker only */

static void Connect(WeirSession *s);
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

static const char *PeerText(WeirSession *s, char *buf)
{
    return WeirAddrText(&s->peer, buf);
}

/* ------------------------------------------------------------ sending messages */

static void RequestFlow(WeirSession *s, WeirFlow *f)
{
    WeirTspMsg msg = { .type = WEIR_TSP_SEND_FLOW };
    msg.flow.id = f->id;
    msg.flow.protocol = (uint8_t)f->transport->code;
    msg.flow.meter = f->roundTrip ? WEIR_ITG_RTTM : WEIR_ITG_OWDM;
    msg.flow.dsByte = (uint8_t)f->dsByte;
    msg.flow.payload = (uint8_t)f->payload;
    msg.flow.dst = f->dst;
    SetDialog(s, f, WEIR_DIALOG_REQUESTED);
    WeirChannelSend(&s->channel, &msg);
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

/* ------------------------------------------------------------ flows of the channel */

static void Link(WeirSession *s, WeirFlow *f)
{
    f->session = s;
    f->dialog = WEIR_DIALOG_WAITING;
    s->atStage[WEIR_DIALOG_WAITING]++;
    WeirKeyTabAdd(&s->byId, &f->inSession, f->id, f);
    f->prevInSession = s->lastFlow;
    f->nextInSession = NULL;
    if (s->lastFlow)
        s->lastFlow->nextInSession = f;
    else
        s->flows = f;
    s->lastFlow = f;
}

static void Unlink(WeirSession *s, WeirFlow *f)
{
    WeirKeyTabRemove(&s->byId, &f->inSession);
    if (f->prevInSession)
        f->prevInSession->nextInSession = f->nextInSession;
    else
        s->flows = f->nextInSession;
    if (f->nextInSession)
        f->nextInSession->prevInSession = f->prevInSession;
    else
        s->lastFlow = f->prevInSession;
    s->atStage[f->dialog]--;
    f->session = NULL;
    f->dialog = WEIR_DIALOG_ENDED;
}

static void Release(WeirSession *s)
{
    s->state = RELEASING;
    WeirChannelSendType(&s->channel, WEIR_TSP_RELEASE, 0);
    Expect(s, RELEASE_NS);
}

static void Cool(WeirSession *s)
{
    WeirChannelClose(&s->channel);
    if (s->state != COOLING)
        atomic_fetch_sub(&weirSessions, 1);
    s->state = COOLING;
    Expect(s, COOL_NS);
}

/* The flow's dialogue is over; the channel is released after the last one. */
static void EndFlow(WeirSession *s, WeirFlow *f)
{
    Unlink(s, f);
    WeirFlowEnd(f);
    if (s->state == OPEN) {
        if (s->flows)
            ExpectWhatIsOwed(s);
        else
            Release(s);
    } else if (s->state == CONNECTING && !s->flows) {
        Cool(s);
    }
}

static WeirFlow *FindFlow(WeirSession *s, uint32_t id)
{
    return WeirKeyTabFind(&s->byId, id);
}

/* ------------------------------------------------------------ the end of a channel */

static void FreeSession(WeirSession *s)
{
    WeirSession **link = &sessions;
    while (*link != s)
        link = &(*link)->next;
    *link = s->next;
    WeirTimerStop(Control(s), &s->timer);
    WeirChannelClose(&s->channel);
    WeirKeyTabFree(&s->byId);
    free(s);
}

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
            Unlink(s, f);
            WeirFlowEnd(f);
        }
    }
}

/* ------------------------------------------------------------ messages from the receiver
 */

static void OpenChannel(WeirSession *s)
{
    WeirFlow *f;
    s->state = OPEN;
    for (f = s->flows; f; f = f->nextInSession)
        if (f->dialog == WEIR_DIALOG_WAITING)
            RequestFlow(s, f);
    if (s->flows)
        ExpectWhatIsOwed(s);
    else
        Release(s);
}

static void FlowAccepted(WeirSession *s, const WeirTspMsg *msg)
{
    WeirFlow *f = FindFlow(s, msg->flowId);
    if (!f || f->dialog != WEIR_DIALOG_REQUESTED)
        return;
    SetDialog(s, f, WEIR_DIALOG_ACCEPTED);
    f->graceNs = GRACE_NS + 2 * s->roundTripNs;
    if (f->graceNs > GRACE_LIMIT_NS)
        f->graceNs = GRACE_LIMIT_NS;
    if (msg->port) {
        pthread_mutex_lock(&f->lock);
        WeirAddrSetPort(&f->dst, msg->port);
        pthread_mutex_unlock(&f->lock);
    }
    ExpectWhatIsOwed(s);
    WeirWorkerPost(f->worker, WeirSendOpen, WeirFlowRef(f));
}

/* The receiver cannot serve the flow, or no longer. */
static void FlowRefused(WeirSession *s, const WeirTspMsg *msg)
{
    WeirFlow *f = FindFlow(s, msg->flowId);
    WeirErr err;
    char peer[WEIR_ADDR_TEXT], dst[WEIR_ADDR_TEXT];
    const char *why = msg->type == WEIR_TSP_ERR_BIND ? "could not open the data port of"
                      : msg->type == WEIR_TSP_ERR_ICMP
                          ? "is not allowed to open the raw socket of"
                          : "could not read the TCP connection of";
    if (!f)
        return;
    WeirFail(&err, WEIR_E_PEER, "receiver %s %s flow %u (%s)", PeerText(s, peer), why,
             f->id, WeirAddrText(&f->dst, dst));
    WeirFlowBlame(f, &err);
    if (f->dialog == WEIR_DIALOG_ACCEPTED)
        WeirWorkerPost(f->worker, WeirSendStop, WeirFlowRef(f));
    else
        EndFlow(s, f);
}

/* Returns false when the session is gone or closed. */
static bool Handle(WeirSession *s, const WeirTspMsg *msg)
{
    char peer[WEIR_ADDR_TEXT];
    WeirFlow *f;
    switch (msg->type) {
    case WEIR_TSP_ACK_CONNECT:
        if (s->state != GREETING)
            break;
        s->roundTripNs = WeirMonoNs() - s->askedNs;
        if (s->remoteLog[0]) {
            WeirTspMsg name = { .type = WEIR_TSP_SEND_NAME_LOG };
            snprintf(name.logName, sizeof name.logName, "%s", s->remoteLog);
            s->state = NAMING;
            WeirChannelSend(&s->channel, &name);
            Expect(s, ANSWER_NS);
        } else {
            OpenChannel(s);
        }
        break;
    case WEIR_TSP_ACK_SEND_NAME_LOG:
        if (s->state == NAMING)
            OpenChannel(s);
        break;
    case WEIR_TSP_ERR_AUTH:
        Fail(s, WEIR_E_PEER, "receiver %s refused the session: authentication failed",
             PeerText(s, peer));
        return false;
    case WEIR_TSP_ERR_LOG:
        Fail(s, WEIR_E_PEER, "receiver %s refused to open the log file \"%.100s\"",
             PeerText(s, peer), s->remoteLog);
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
    case WEIR_TSP_ACK_RELEASE:
        if (s->state == RELEASING) {
            Cool(s);
            return false;
        }
        break;
    case WEIR_TSP_DISCOVERY:
        WeirChannelSendType(&s->channel, WEIR_TSP_ACK_DISCOVERY, 0);
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
             PeerText(s, peer), err.text);
}

/* ------------------------------------------------------------ the socket */

static void Readable(WeirSession *s)
{
    char peer[WEIR_ADDR_TEXT], why[96];
    WeirErr err = { 0, 0, "" };
    int rc = WeirChannelRead(&s->channel, &err);
    if (rc > 0)
        HandleInput(s);
    else if (rc < 0 && s->state == RELEASING) /* a peer that hangs up has released, too */
        Cool(s);
    else if (rc < 0 && err.sysErrno)
        Fail(s, WEIR_E_PEER, "the signalling connection to %s broke: %s",
             PeerText(s, peer), strerror_r(err.sysErrno, why, sizeof why));
    else if (rc < 0)
        Fail(s, WEIR_E_PEER, "receiver %s closed the signalling connection",
             PeerText(s, peer));
}

static void Connected(WeirSession *s)
{
    char peer[WEIR_ADDR_TEXT], why[96];
    int error = WeirSockResult(s->channel.io.fd);
    if (error) {
        Fail(s, error == ETIMEDOUT ? WEIR_E_TIMEOUT : WEIR_E_PEER,
             "cannot reach a receiver at %s: %s", PeerText(s, peer),
             strerror_r(error, why, sizeof why));
        return;
    }
    WeirIoWant(Control(s), &s->channel.io, WEIR_POLL_IN);
    s->state = GREETING;
    s->askedNs = WeirMonoNs();
    WeirChannelSendType(&s->channel, WEIR_TSP_CONNECT, 0);
    Expect(s, ANSWER_NS);
}

static void Ready(WeirIo *io, unsigned events)
{
    WeirSession *s = io->arg;
    if (s->state == CONNECTING) {
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
    case COOLING:
        if (!s->flows)
            FreeSession(s);
        else if (s->flows->dialog == WEIR_DIALOG_WAITING)
            Connect(s);
        else /* the data side of a failed flow is still ending */
            Expect(s, COOL_NS);
        break;
    case RELEASING:
        Cool(s);
        break;
    case CONNECTING:
        Fail(s, WEIR_E_TIMEOUT, "cannot reach a receiver at %s: no answer in %d s",
             PeerText(s, peer), (int)(ANSWER_NS / WEIR_NS_PER_S));
        break;
    default:
        Fail(s, WEIR_E_TIMEOUT, "receiver %s did not answer in time", PeerText(s, peer));
    }
}

static void Connect(WeirSession *s)
{
    WeirSockOpts opts = { .noDelay = 1 };
    WeirErr err;
    int fd, rc;
    snprintf(s->remoteLog, sizeof s->remoteLog, "%s", s->flows->remoteLog);
    s->local = s->flows->signalSrc;
    fd = WeirSockOpen(s->peer.sa.sa_family, SOCK_STREAM, &s->local, &opts, &err);
    if (fd < 0) {
        Fail(s, err.code, "%s", err.text);
        return;
    }
    s->state = CONNECTING;
    atomic_fetch_add(&weirSessions, 1);
    rc = WeirSockConnect(fd, &s->peer, &err);
    if (rc < 0)
        close(fd);
    else
        rc = WeirChannelOpen(&s->channel, Control(s), fd, WEIR_POLL_OUT, &err);
    if (rc < 0) {
        Fail(s, WEIR_E_PEER, "%s", err.text);
        return;
    }
    Expect(s, ANSWER_NS);
}

/* ------------------------------------------------------------ what the flows ask */

static WeirSession *FindSession(const WeirFlow *f)
{
    WeirSession *s;
    for (s = sessions; s; s = s->next)
        if (WeirAddrSame(&s->peer, &f->signal))
            return s;
    return NULL;
}

/* The engine stops: what is left, at least those that cool, must not be found by a flow
 * on the next engine. */
static void DropSessions(void *list)
{
    WeirSession *s, *next;
    for (s = sessions; s; s = next) {
        next = s->next;
        if (s->state != COOLING)
            atomic_fetch_sub(&weirSessions, 1);
        WeirChannelClose(&s->channel);
        WeirKeyTabFree(&s->byId);
        free(s);
    }
    sessions = NULL;
}

static void *ListSessions(void)
{
    return &sessions;
}

static WeirSession *NewSession(const WeirFlow *f)
{
    WeirSession *s;
    WeirWorkerLocal(WeirEngineControl(f->engine), WEIR_FLOW_LOCAL_SESSIONS, ListSessions,
                    DropSessions);
    while (!(s = calloc(1, sizeof *s)))
        usleep(1000);
    s->engine = f->engine;
    s->peer = f->signal;
    s->channel.io.fd = -1;
    s->channel.peer = WEIR_TSP_RECEIVER;
    s->channel.outLimit = OUT_LIMIT;
    s->channel.io.ready = Ready;
    s->channel.io.arg = s;
    s->timer.fire = TimedOut;
    s->timer.arg = s;
    s->state = COOLING;
    s->next = sessions;
    sessions = s;
    return s;
}

/* A flow that cannot join: its id is taken, or what it asks of the channel is not what
 * the channel has, or will have when it is opened for the flows that wait. */
static bool Conflicts(WeirSession *s, const WeirFlow *f, WeirErr *err)
{
    char peer[WEIR_ADDR_TEXT];
    bool opened = s->state <= OPEN;
    const WeirFlow *like = s->flows ? s->flows : f;
    const char *log = opened ? s->remoteLog : like->remoteLog;
    const WeirAddr *local = opened ? &s->local : &like->signalSrc;
    if (FindFlow(s, f->id)) {
        WeirFail(err, WEIR_E_STATE, "flow id %u is in use already towards receiver %s",
                 f->id, PeerText(s, peer));
        return true;
    }
    if (f->signalSrc.sa.sa_family != AF_UNSPEC && !WeirAddrSame(local, &f->signalSrc)) {
        WeirFail(err, WEIR_E_STATE,
                 "all flows to receiver %s share one signalling connection: give them "
                 "one -signalbind",
                 PeerText(s, peer));
        return true;
    }
    if (strcmp(log, f->remoteLog) != 0) {
        WeirFail(err, WEIR_E_STATE,
                 "all flows to receiver %s share one log there: it is \"%.80s\", "
                 "-remotelog \"%.80s\" differs",
                 PeerText(s, peer), log, f->remoteLog);
        return true;
    }
    return false;
}

void WeirSessionAddFlow(WeirFlow *f)
{
    WeirSession *s = FindSession(f);
    WeirErr err;
    bool isNew = s == NULL;
    if (isNew)
        s = NewSession(f);
    if (Conflicts(s, f, &err)) {
        f->dialog = WEIR_DIALOG_ENDED;
        WeirFlowBlame(f, &err);
        WeirFlowEnd(f);
        return;
    }
    Link(s, f);
    if (isNew)
        Connect(s);
    else if (s->state == OPEN) {
        RequestFlow(s, f);
        ExpectWhatIsOwed(s);
    }
}

void WeirSessionCancel(WeirFlow *f)
{
    WeirSession *s = f->session;
    if (s->state == OPEN && f->dialog == WEIR_DIALOG_REQUESTED)
        WeirChannelSendType(&s->channel, WEIR_TSP_CLOSED_ERR, f->id);
    EndFlow(s, f);
}

/* Whether the channel still carries messages for the flow. */
static bool ChannelOpen(const WeirFlow *f)
{
    return f->session && f->session->state == OPEN;
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
