/* The life of a run: prepare, start as a group, states and events, figures. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/flowInt.h"
#include "icmp.h"
#include "itg/icmp.h"
#include "itg/logproto.h"
#include "logserver/logClient.h"
#include "serial.h"
#include "wire/settle.h"

/* From the last acceptance to the start, so that every worker knows of its flows by then.
 */
#define START_MARGIN_NS   (10 * WEIR_NS_PER_MS)
#define START_PER_FLOW_NS (5 * WEIR_NS_PER_US)
#define LOG_WAIT_NS       (8 * WEIR_NS_PER_S)
#define LOG_LOOK_NS       (10 * WEIR_NS_PER_MS) /* whether its log is ready */

/* A set of flows that start on one instant.  Control worker only. */
struct WeirGroup {
    int pending, count;
    WeirFlow *members[];
};

const char *WeirFlowStateName(WeirFlowState state)
{
    static const char *const names[] = { "idle",    "connecting", "ready", "running",
                                         "closing", "done",       "failed" };
    return names[state];
}

/* ------------------------------------------------------------ references */

WeirFlow *WeirFlowRef(WeirFlow *f)
{
    atomic_fetch_add(&f->refs, 1);
    return f;
}

void WeirFlowUnref(WeirFlow *f)
{
    WeirChangeNote *note;
    if (!f || atomic_fetch_sub(&f->refs, 1) != 1)
        return;
    WeirLogLeave(f->log);
    if (f->worker)
        WeirWorkerUnload(f->worker);
    WeirScheduleFree(&f->schedule);
    while ((note = f->notes)) {
        f->notes = note->next;
        free(note);
    }
    WeirAccountFree(f->echo);
    WeirReportFree(&f->report);
    if (f->serial >= 0)
        close(f->serial);
    free(f->file);
    free(f->send.left);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* ------------------------------------------------------------ states and events */

void WeirFlowPost(WeirFlow *f, int kind, const char *text)
{
    if (f->queue && f->owner)
        WeirEventPost(f->queue, f->owner, kind, 0, text);
}

void WeirFlowSetState(WeirFlow *f, WeirFlowState state)
{
    pthread_mutex_lock(&f->lock);
    f->state = state;
    if (state == WEIR_FLOW_RUNNING)
        WeirFlowPost(f, WEIR_FLOW_EV_STARTED, NULL);
    else if (state == WEIR_FLOW_DONE)
        WeirFlowPost(f, WEIR_FLOW_EV_FINISHED, NULL);
    else if (state == WEIR_FLOW_FAILED)
        WeirFlowPost(f, WEIR_FLOW_EV_FAILED, f->reason.text);
    pthread_mutex_unlock(&f->lock);
}

void WeirFlowBlame(WeirFlow *f, const WeirErr *err)
{
    pthread_mutex_lock(&f->lock);
    if (!f->reason.code)
        f->reason = *err;
    pthread_mutex_unlock(&f->lock);
}

/* The run needs its log no longer; the figures of the file stay. */
static void LeaveLog(WeirFlow *f)
{
    WeirLog *log = f->log;
    if (!log)
        return;
    pthread_mutex_lock(&f->lock);
    f->logWritten = WeirLogWritten(log);
    f->logDropped = WeirLogDropped(log);
    f->log = NULL;
    pthread_mutex_unlock(&f->lock);
    WeirLogUnref(log);
}

/* The end of the control worker's interest in the flow; consumes its reference. */
static void Publish(WeirFlow *f)
{
    bool failed, orphan;
    if (f->logged && (WeirLogComplete(f->log, f->logMark) || WeirLogError(f->log, NULL)))
        WeirLogDropFlow(f->log, f->logFlow);
    LeaveLog(f);
    pthread_mutex_lock(&f->lock);
    failed = f->reason.code != 0;
    pthread_mutex_unlock(&f->lock);
    WeirFlowSetState(f, failed ? WEIR_FLOW_FAILED : WEIR_FLOW_DONE);
    pthread_mutex_lock(&f->lock);
    orphan = f->orphan;
    pthread_mutex_unlock(&f->lock);
    if (orphan)
        WeirBusy(WEIR_BUSY_FLOWS, -1);
    WeirFlowUnref(f);
}

/* The log is complete before the end is published, so that whoever waits for the flow can
 * read it. */
static void PublishEnd(WeirTimer *timer, int64_t nowNs)
{
    WeirFlow *f = timer->arg;
    WeirErr err = { 0, 0, "" };
    bool complete = !f->log || WeirLogComplete(f->log, f->logMark);
    if (f->log && WeirLogError(f->log, &err) < 0)
        WeirFlowBlame(f, &err);
    if (!complete && !err.code && nowNs < f->endByNs) {
        WeirTimerSet(WeirEngineControl(f->engine), timer, nowNs + 2 * WEIR_NS_PER_MS);
        return;
    }
    if (!complete && !err.code && f->endByNs) {
        WeirFail(&err, WEIR_E_TIMEOUT,
                 "the records of the flow may not be safe: its log is not complete after "
                 "%d s",
                 (int)(LOG_WAIT_NS / WEIR_NS_PER_S));
        WeirFlowBlame(f, &err);
    }
    Publish(f);
}

void WeirFlowDrop(WeirFlow *f)
{
    static const WeirErr stopped = { WEIR_E_STATE, 0, "the engine was stopped" };
    WeirFlowBlame(f, &stopped);
    WeirFlowSettled(f);
    if (f->send.io.fd >= 0)
        close(f->send.io.fd);
    f->send.io.fd = -1;
    if (f->log)
        WeirLogFinish(f->log);
    Publish(f);
}

void WeirFlowEnd(WeirFlow *f)
{
    WeirFlowSettled(f);
    f->endByNs = 0;
    if (f->log) {
        if (WeirLogReady(f->log, NULL) > 0) /* else nothing is in it */
            f->endByNs = WeirMonoNs() + LOG_WAIT_NS;
        f->logMark = WeirLogMark(f->log);
        WeirLogFinish(f->log);
    }
    f->logTimer.fire = PublishEnd;
    f->logTimer.arg = f;
    WeirTimerSet(WeirEngineControl(f->engine), &f->logTimer, 0);
}

/* ------------------------------------------------------------ prepare */

static int ReadPayloadFile(WeirFlow *f, const char *path, WeirErr *err)
{
    struct stat st;
    ssize_t n = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return WeirFailErrno(err, errno, "cannot open payload file \"%.200s\"", path);
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        st.st_size <= INT64_C(1) << 30) {
        f->file = malloc((size_t)st.st_size);
        if (f->file)
            n = read(fd, f->file, (size_t)st.st_size);
    }
    close(fd);
    if (n <= 0)
        return WeirFail(
            err, WEIR_E_ARG,
            "payload file \"%.200s\" is not a readable file of 1 byte to 1 GiB", path);
    f->schedule.fileBytes = n;
    return WEIR_OK;
}

/* Receivers use ITGLog's port, whatever they are told. */
static int ResolveRemoteLog(WeirFlow *f, const char *server, WeirErr *err)
{
    if (WeirAddrParse(server, AF_UNSPEC, WEIR_ITGLOG_PORT, &f->remoteLog.server, err) < 0)
        return err->code;
    if (WeirAddrPort(&f->remoteLog.server) != WEIR_ITGLOG_PORT)
        return WeirFail(err, WEIR_E_ARG,
                        "-remotelogserver %.80s: receivers find log servers at port %d "
                        "only, name just the host",
                        server, WEIR_ITGLOG_PORT);
    return WEIR_OK;
}

/* Passive: who may call, where, and where the data comes from. */
static int ResolvePassive(WeirFlow *f, const WeirFlowSpec *spec, WeirErr *err)
{
    f->dst = WeirAddrAny(AF_INET6, WEIR_ITG_DATA_PORT);
    f->src = WeirAddrAny(AF_INET6, WEIR_ITG_SOURCE_PORT);
    f->signalSrc = WeirAddrAny(AF_INET6, WEIR_ITG_SIGNAL_PORT);
    if ((spec->to &&
         WeirAddrParse(spec->to, AF_UNSPEC, WEIR_ITG_DATA_PORT, &f->dst, err) < 0) ||
        (spec->bind &&
         WeirAddrParse(spec->bind, AF_UNSPEC, WEIR_ITG_SOURCE_PORT, &f->src, err) < 0) ||
        (spec->signalBind && WeirAddrParse(spec->signalBind, AF_UNSPEC,
                                           WEIR_ITG_SIGNAL_PORT, &f->signalSrc, err) < 0))
        return err->code;
    f->signal = f->dst;
    WeirAddrSetPort(&f->signal, 0);
    return WEIR_OK;
}

/* Where packets and signalling go. */
static int ResolveActive(WeirFlow *f, const WeirFlowSpec *spec, WeirErr *err)
{
    char host[WEIR_ADDR_TEXT];
    int family;
    if (!spec->to)
        return WeirFail(err, WEIR_E_ARG,
                        "the flow has no destination: give -to HOST:PORT");
    if (WeirAddrParse(spec->to, AF_UNSPEC, WEIR_ITG_DATA_PORT, &f->dst, err) < 0)
        return err->code;
    family = f->dst.sa.sa_family;
    if (WeirAddrIsAny(&f->dst))
        return WeirFail(err, WEIR_E_ARG,
                        "-to %.80s is not the address of a host that can be sent to",
                        spec->to);
    f->src.sa.sa_family = AF_UNSPEC;
    if (spec->bind && WeirAddrParse(spec->bind, family, 0, &f->src, err) < 0)
        return err->code;
    if (WeirAddrParse(spec->signal ? spec->signal : WeirAddrHost(&f->dst, host),
                      AF_UNSPEC, WEIR_ITG_SIGNAL_PORT, &f->signal, err) < 0)
        return err->code;
    if (!spec->signal) { /* keeps the scope of link-local addresses */
        f->signal = f->dst;
        WeirAddrSetPort(&f->signal, WEIR_ITG_SIGNAL_PORT);
    }
    f->signalSrc.sa.sa_family = AF_UNSPEC;
    if (spec->signalBind && WeirAddrParse(spec->signalBind, f->signal.sa.sa_family, 0,
                                          &f->signalSrc, err) < 0)
        return err->code;
    return WEIR_OK;
}

static int ResolveAddresses(WeirFlow *f, const WeirFlowSpec *spec, WeirErr *err)
{
    int rc = spec->passive ? ResolvePassive(f, spec, err) : ResolveActive(f, spec, err);
    if (rc < 0)
        return rc;
    f->remoteLog.server.sa.sa_family = AF_UNSPEC;
    return spec->remoteLogServer ? ResolveRemoteLog(f, spec->remoteLogServer, err)
                                 : WEIR_OK;
}

static void CopyPlainOptions(WeirFlow *f, const WeirFlowSpec *spec)
{
    f->id = (uint32_t)spec->id;
    f->transport = &weirTransports[spec->transport];
    f->roundTrip = spec->meter == WEIR_FLOW_RTTM;
    f->application = spec->application;
    f->payload = spec->payload;
    f->dsByte = spec->dsByte;
    f->ttl = spec->ttl;
    f->noDelay = spec->noDelay;
    f->icmpType = spec->icmpType;
    f->streams = spec->streams;
    f->ccid = spec->ccid;
    f->spinNs = spec->spinNs;
    f->sendBytes = spec->sendBytes;
    f->gso = spec->gso;
    f->realtime = spec->realtime;
    f->passive = spec->passive;
    snprintf(f->remoteSerial, sizeof f->remoteSerial, "%s",
             spec->remoteSerial ? spec->remoteSerial : "");
    snprintf(f->interface, sizeof f->interface, "%s",
             spec->interface ? spec->interface : "");
    snprintf(f->signalInterface, sizeof f->signalInterface, "%s",
             spec->signalInterface ? spec->signalInterface : "");
    snprintf(f->remoteLog.name, sizeof f->remoteLog.name, "%s",
             spec->remoteLog ? spec->remoteLog : "");
    f->remoteLog.protocol =
        spec->remoteLogProtocol == WEIR_LOG_BY_TCP ? WEIR_ITG_TCP : WEIR_ITG_UDP;
}

/* What ICMP needs of the process, and what its type means. */
static int PrepareIcmp(WeirFlow *f, WeirErr *err)
{
    int family = f->dst.sa.sa_family, reply = WeirIcmpEchoReply(family == AF_INET6);
    if (f->transport->code != WEIR_ITG_ICMP)
        return WEIR_OK;
    if (f->icmpType < 0)
        f->icmpType = WeirIcmpEchoRequest(family == AF_INET6);
    if (f->roundTrip && f->icmpType == reply)
        return WeirFail(err, WEIR_E_ARG,
                        "-icmptype %d cannot measure round trips: this is the type of "
                        "the echoes; use another one",
                        reply);
    return WeirIcmpSockMay(family, err);
}

int WeirFlowPrepare(WeirEngine *engine, const WeirFlowSpec *spec, WeirEventQueue *queue,
                    void *owner, WeirFlow **out, WeirErr *err)
{
    WeirFlow *f = calloc(1, sizeof *f);
    if (!f)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    atomic_init(&f->refs, 1);
    pthread_mutex_init(&f->lock, NULL);
    f->engine = engine;
    f->queue = queue;
    f->owner = owner;
    f->send.io.fd = f->serial = -1;
    f->schedule.begun = WeirChangeBegun;
    f->schedule.begunArg = f;
    CopyPlainOptions(f, spec);
    if (f->realtime && WeirWorkerMayRealtime(err) < 0) {
        WeirFlowUnref(f);
        return err->code;
    }
    if (f->roundTrip)
        f->echo = WeirAccountNew(true, true);
    if (f->roundTrip && !f->echo)
        WeirFail(err, WEIR_E_MEMORY, "out of memory");
    else if (WeirReportInit(&f->report, err) == 0 &&
             ResolveAddresses(f, spec, err) == 0 && PrepareIcmp(f, err) == 0 &&
             WeirSendTry(f, err) == 0 &&
             WeirScheduleInit(&f->schedule, spec, f->id, err) == 0 &&
             (!spec->serial || (f->serial = WeirSerialOpen(spec->serial, err)) >= 0) &&
             (!spec->payloadFile || ReadPayloadFile(f, spec->payloadFile, err) == 0) &&
             (!spec->log || WeirLogPlaceOpen(spec->logServer, spec->logProtocol,
                                             spec->log, spec->logFormat, f->schedule.seed,
                                             NULL, &f->log, err) == 0)) {
        f->worker = WeirEnginePick(engine);
        *out = f;
        return WEIR_OK;
    }
    WeirFlowUnref(f);
    return err->code;
}

/* ------------------------------------------------------------ groups */

static void GroupGo(WeirGroup *group)
{
    int64_t startNs = WeirMonoNs() + START_MARGIN_NS + group->count * START_PER_FLOW_NS;
    int i;
    for (i = 0; i < group->count; i++) {
        WeirFlow *f = group->members[i];
        f->group = NULL;
        if (f->dialog == WEIR_DIALOG_ACCEPTED) {
            f->send.startNs = startNs;
            WeirWorkerPost(f->worker, WeirSendRun, WeirFlowRef(f));
        }
        WeirFlowUnref(f);
    }
    free(group);
}

void WeirFlowSettled(WeirFlow *f)
{
    WeirGroup *group = f->group;
    if (!group || f->settled)
        return;
    f->settled = true;
    if (--group->pending == 0)
        GroupGo(group);
}

/* The dialogue with the receiver begins once the flow's log takes records: at once for a
 * file.  Holds the control worker's reference. */
static void BeginDialog(WeirTimer *timer, int64_t nowNs)
{
    WeirFlow *f = timer->arg;
    WeirErr err;
    int ready = f->log ? WeirLogReady(f->log, &err) : 1;
    if (ready == 0) {
        WeirTimerSet(WeirEngineControl(f->engine), timer, nowNs + LOG_LOOK_NS);
    } else if (ready > 0) {
        WeirSessionAddFlow(f);
    } else {
        f->dialog = WEIR_DIALOG_ENDED;
        WeirFlowBlame(f, &err);
        WeirFlowEnd(f);
    }
}

/* Stop a flow that waits for its log. */
static void CancelBegin(WeirFlow *f)
{
    WeirTimerStop(WeirEngineControl(f->engine), &f->logTimer);
    f->dialog = WEIR_DIALOG_ENDED;
    WeirFlowEnd(f);
}

/* Control worker. */
static void StartGroup(void *arg)
{
    WeirGroup *group = arg;
    int i, count = group->count;
    group->pending = count + 1; /* one for this loop */
    for (i = 0; i < count; i++)
        group->members[i]->group = group;
    for (i = 0; i < count; i++) {
        WeirFlow *f = WeirFlowRef(group->members[i]);
        f->logTimer.fire = BeginDialog;
        f->logTimer.arg = f;
        BeginDialog(&f->logTimer, WeirMonoNs());
    }
    if (--group->pending == 0)
        GroupGo(group);
}

void WeirFlowsStart(WeirFlow *const *flows, int count)
{
    WeirGroup *group;
    int i;
    if (count < 1)
        return;
    while (!(group = calloc(1, sizeof *group + (size_t)count * sizeof(WeirFlow *))))
        usleep(1000);
    group->count = count;
    for (i = 0; i < count; i++) {
        group->members[i] = WeirFlowRef(flows[i]);
        WeirFlowSetState(flows[i], WEIR_FLOW_CONNECTING);
    }
    WeirWorkerPost(WeirEngineControl(flows[0]->engine), StartGroup, group);
}

/* ------------------------------------------------------------ stop and release */

/* Control worker: consumes the posted reference. */
static void StopOnControl(void *arg)
{
    WeirFlow *f = arg;
    if (f->dialog == WEIR_DIALOG_ACCEPTED)
        WeirWorkerPost(f->worker, WeirSendStop, WeirFlowRef(f));
    else if (f->dialog < WEIR_DIALOG_ACCEPTED && f->session)
        WeirSessionCancel(f);
    else if (f->dialog == WEIR_DIALOG_WAITING && f->logTimer.slot)
        CancelBegin(f);
    WeirFlowUnref(f);
}

void WeirFlowStop(WeirFlow *f)
{
    bool alive;
    pthread_mutex_lock(&f->lock);
    alive = f->state != WEIR_FLOW_IDLE && f->state < WEIR_FLOW_CLOSING;
    f->stopping = true;
    pthread_mutex_unlock(&f->lock);
    if (alive)
        WeirWorkerPost(WeirEngineControl(f->engine), StopOnControl, WeirFlowRef(f));
}

bool WeirFlowEnded(WeirFlow *f)
{
    bool ended;
    pthread_mutex_lock(&f->lock);
    ended = f->state >= WEIR_FLOW_DONE;
    pthread_mutex_unlock(&f->lock);
    return ended;
}

void WeirFlowRelease(WeirFlow *f)
{
    if (!f)
        return;
    pthread_mutex_lock(&f->lock);
    f->owner = NULL;
    f->orphan = f->state != WEIR_FLOW_IDLE && f->state < WEIR_FLOW_DONE;
    if (f->orphan)
        WeirBusy(WEIR_BUSY_FLOWS, 1);
    pthread_mutex_unlock(&f->lock);
    WeirFlowStop(f);
    WeirFlowUnref(f);
}

/* ------------------------------------------------------------ figures */

void WeirFlowGetStats(WeirFlow *f, WeirFlowStats *s)
{
    char why[80];
    memset(s, 0, sizeof *s);
    s->id = f->id;
    s->seed = f->schedule.seed;
    s->protocol = f->transport->code;
    s->meter = f->roundTrip ? WEIR_ITG_RTTM : WEIR_ITG_OWDM;
    pthread_mutex_lock(&f->lock);
    s->state = f->state;
    s->reason = f->reason;
    s->stopped = f->stopping;
    s->spins = f->spinNs > 0;
    WeirAddrText(&f->boundSrc, s->source);
    WeirAddrText(&f->dst, s->destination);
    WeirAddrText(&f->listens, s->listens);
    s->logWritten = f->log ? WeirLogWritten(f->log) : f->logWritten;
    s->logDropped = f->log ? WeirLogDropped(f->log) : f->logDropped;
    pthread_mutex_unlock(&f->lock);
    s->passive = f->passive;
    s->gso = f->gso;
    s->merged = atomic_load(&f->send.merged);
    if (atomic_load(&f->send.mergeErrno))
        snprintf(s->mergeError, sizeof s->mergeError, "%s",
                 strerror_r(atomic_load(&f->send.mergeErrno), why, sizeof why));
    WeirReportFigures(&f->report, s);
    WeirVerdictOf(s, &s->verdict);
    s->roundTrip = f->roundTrip;
    if (f->roundTrip)
        WeirAccountFigures(f->echo, &s->echo);
}
