/* The family `flow`: options, the object commands, waiting and figures. */
#include "config.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "dist/distCmd.h"
#include "flow/flowCmd.h"
#include "flow/flowShareCmd.h"
#include "itg/tsp.h"
#include "tcl/publish.h"

static const char *const applications[] = { "none", "Telnet",
                                            "VoIP", "DNS", /* D-ITG's */
                                            "AoM",  "CSa",
                                            "CSi",  "Quake3", /* codes */
                                            NULL };
static const char *const payloads[] = { "standard", "short", "none", NULL };
static const char *const meters[] = { "owdm", "rttm", NULL };
static const char *const phases[] = { "random", "zero", NULL };   /* WEIR_PHASE_... */
static const char *const logProtocols[] = { "udp", "tcp", NULL }; /* WEIR_LOG_BY_... */
static const char *const logFormats[] = { "itg", "weir", NULL };

#define AT(field) offsetof(FlowOptions, spec.field)
const WeirOpt weirFlowOptions[] = {
    { "-to", WEIR_O_STRING, AT(to), NULL, "",
      "destination HOST or HOST:PORT; port 8999 unless given, port 0: the receiver "
      "chooses",
      .value = "HOST:PORT" },
    { "-proto", WEIR_O_ENUM, AT(transport), "udp", "", "transport protocol",
      .choices = weirTransportWords },
    { "-icmptype", WEIR_O_INT, AT(icmpType), "-1", "",
      "ICMP: type of the messages; -1: echo request, which is 8, over IPv6 128",
      .min = -1, .max = 255 },
    { "-idt", WEIR_O_TYPE, AT(idt), "constant 0.001", "s",
      "distribution of inter-departure times", .type = &weirDistOptType },
    { "-rate", WEIR_O_PPS, AT(ratePps), "0", "packets/s",
      "constant packet rate instead of -idt; 0: as -idt says", .min = 0, .max = 1e9 },
    { "-ps", WEIR_O_TYPE, AT(ps), "constant 512", "bytes", "distribution of packet sizes",
      .type = &weirDistOptType },
    { "-duration", WEIR_O_DURATION, AT(durationNs), "10s", "s",
      "how long to send; 0: no limit" },
    { "-packets", WEIR_O_WIDE, AT(packets), "0", "", "packets to send; 0: no limit",
      .min = 0, .max = 4294967295.0 },
    { "-bytes", WEIR_O_SIZE, AT(bytes), "0", "bytes",
      "payload bytes to send; 0: no limit" },
    { "-delay", WEIR_O_DURATION, AT(delayNs), "0s", "s",
      "begin this long after the common start" },
    { "-phase", WEIR_O_DURATION, AT(phaseNs), "random", "s",
      "first packet this long after the beginning; random: part of a gap, zero: at once",
      .choices = phases },
    { "-app", WEIR_O_ENUM, AT(application), "none", "",
      "application that the receiver is told of; logs have 20 bytes less of Telnet's "
      "packets",
      .choices = applications },
    { "-catchup", WEIR_O_BOOL, AT(catchUp), "1", "",
      "make up for late packets, so that the mean rate holds; 0: gaps count from the "
      "late "
      "departure" },
    { "-dsbyte", WEIR_O_INT, AT(dsByte), "0", "", "DS byte (DSCP and ECN bits)", .min = 0,
      .max = 255 },
    { "-ttl", WEIR_O_INT, AT(ttl), "0", "hops", "time to live; 0: the system's default",
      .min = 0, .max = 255 },
    { "-bind", WEIR_O_STRING, AT(bind), NULL, "",
      "source HOST, HOST:PORT or :PORT of the data", .value = "HOST:PORT" },
    { "-interface", WEIR_O_STRING, AT(interface), NULL, "",
      "network interface that the data leaves by", .flags = WEIR_OF_INTERFACE },
    { "-nodelay", WEIR_O_BOOL, AT(noDelay), "0", "",
      "TCP and SCTP: switch Nagle's algorithm off" },
    { "-streams", WEIR_O_INT, AT(streams), "1", "",
      "SCTP: outgoing streams to ask for; packets take turns on them", .min = 1,
      .max = 65535 },
    { "-ccid", WEIR_O_INT, AT(ccid), "0", "",
      "DCCP: congestion control, such as 2 or 3; 0: the kernel's default", .min = 0,
      .max = 255 },
    { "-sndbuf", WEIR_O_SIZE, AT(sendBytes), "0", "bytes",
      "send buffer of the data socket; 0: the system's default", .min = 0,
      .max = 1 << 30 },
    { "-payload", WEIR_O_ENUM, AT(payload), "standard", "",
      "header in each packet: number and time, number only, or none",
      .choices = payloads },
    { "-payloadfile", WEIR_O_STRING, AT(payloadFile), NULL, "",
      "file that packets are filled from, over and over", .flags = WEIR_OF_FILE },
    { "-meter", WEIR_O_ENUM, AT(meter), "owdm", "",
      "measure one way, or the round trip by echoes", .choices = meters },
    { "-serial", WEIR_O_STRING, AT(serial), NULL, "",
      "serial device in /dev whose modem lines mark each packet that leaves",
      .value = "DEVICE" },
    { "-remoteserial", WEIR_O_STRING, AT(remoteSerial), NULL, "",
      "the same at the receiver, for each packet that arrives", .value = "DEVICE" },
    { "-minsize", WEIR_O_SIZE, AT(minSize), "0", "bytes",
      "smallest packet; 0: what the payload header needs", .min = 0, .max = 64000 },
    { "-log", WEIR_O_STRING, AT(log), NULL, "", "record file of this flow's packets",
      .flags = WEIR_OF_FILE },
    { "-logformat", WEIR_O_ENUM, AT(logFormat), "itg", "",
      "D-ITG's binary format, or Weir's with dates and nanoseconds",
      .choices = logFormats },
    { "-logserver", WEIR_O_STRING, AT(logServer), NULL, "",
      "HOST or HOST:PORT of the log server that keeps the file -log; empty: this host",
      .value = "HOST:PORT" },
    { "-logproto", WEIR_O_ENUM, AT(logProtocol), "tcp", "",
      "how the records go to that log server", .choices = logProtocols },
    { "-remotelog", WEIR_O_STRING, AT(remoteLog), NULL, "",
      "file name asked of the receiver for its record file", .value = "NAME" },
    { "-remotelogserver", WEIR_O_STRING, AT(remoteLogServer), NULL, "",
      "HOST of the log server that the receiver sends that file's records to",
      .value = "HOST" },
    { "-remotelogproto", WEIR_O_ENUM, AT(remoteLogProtocol), "tcp", "",
      "how they go there", .choices = logProtocols },
    { "-signal", WEIR_O_STRING, AT(signal), NULL, "",
      "signalling HOST or HOST:PORT; the host of -to and port 9000 unless given",
      .value = "HOST:PORT" },
    { "-signalbind", WEIR_O_STRING, AT(signalBind), NULL, "",
      "source HOST, HOST:PORT or :PORT of the signalling connection",
      .value = "HOST:PORT" },
    { "-signalinterface", WEIR_O_STRING, AT(signalInterface), NULL, "",
      "network interface that signalling uses", .flags = WEIR_OF_INTERFACE },
    { "-passive", WEIR_O_BOOL, AT(passive), "0", "",
      "wait for the receiver to call, at -signalbind and -bind; -to says who may" },
    { "-id", WEIR_O_INT, AT(id), "0", "", "D-ITG flow id; 0: the flow's number", .min = 0,
      .max = 2147483647 },
    { "-seed", WEIR_O_WIDE, AT(seed), "-1", "",
      "experiment seed of the random streams; -1: a random one", .min = -1, .max = 9.2e18,
      .value = "SEED" },
    { "-itgseed", WEIR_O_DOUBLE, AT(itgSeed), "0", "",
      "draw with D-ITG's generator and this seed in (0,1); 0: own streams", .min = 0,
      .max = 1, .value = "SEED" },
    { "-spin", WEIR_O_DURATION, AT(spinNs), "0s", "s",
      "busy-wait this long before each deadline, for exact departures", .min = 0,
      .max = 0.01 },
    { "-gso", WEIR_O_BOOL, AT(gso), "0", "",
      "merge equal packets that are due together and let the kernel cut them" },
    { "-realtime", WEIR_O_BOOL, AT(realtime), "0", "",
      "run the sending thread under real-time scheduling meanwhile" },
    { "-command", WEIR_O_OBJ, offsetof(FlowOptions, command), NULL, "",
      "called with NAME EVENT DICT; events: started, changed, finished, failed",
      .value = "PREFIX" },
    { NULL }
};
#undef AT

int WeirFlowCheckOptions(void *record, WeirErr *err)
{
    FlowOptions *o = record;
    return WeirFlowSpecCheck(&o->spec, err);
}

/* ------------------------------------------------------------ figures */

/* Whether the flow went as asked, and the figures behind that judgement. */
static void ReportReasons(WeirResult *r, const WeirFlowStats *s)
{
    if (s->verdict.known)
        WeirResultInt(r, "asAsked", s->verdict.asAsked);
    else
        WeirResultText(r, "asAsked", "");
    WeirResultText(r, "cause", s->verdict.known ? WeirCauseName(s->verdict.cause) : "");
    WeirResultText(r, "verdict", s->verdict.text);
    WeirResultReal(r, "askedRate", s->askedRate);
    WeirResultReal(r, "behind", s->behind);
    WeirResultReal(r, "unsent", s->unsent);
    WeirResultInt(r, "caughtUp", s->caughtUp);
    WeirResultReal(r, "blocked", s->blocked);
    WeirResultReal(r, "cpuShare", s->cpuShare);
    WeirResultReal(r, "waitShare", s->waitShare);
    if (s->protocol == WEIR_ITG_TCP) {
        WeirResultReal(r, "tcpBusy", s->tcp.busy);
        WeirResultReal(r, "tcpWindowLimited", s->tcp.windowLimited);
        WeirResultReal(r, "tcpBufferLimited", s->tcp.bufferLimited);
        WeirResultInt(r, "tcpRetransmits", s->tcp.retransmits);
    } else if (s->protocol == WEIR_ITG_SCTP) {
        WeirResultInt(r, "sctpStreams", s->sctp.outStreams);
        WeirResultInt(r, "sctpChunks", (int64_t)s->sctp.chunksSent);
        WeirResultInt(r, "sctpRetransmits", (int64_t)s->sctp.retransmitted);
    }
}

void WeirFlowNoStats(const WeirFlowSpec *spec, WeirFlowStats *s)
{
    memset(s, 0, sizeof *s);
    s->id = (uint32_t)spec->id;
    s->protocol = weirTransports[spec->transport].code;
    s->lateMean = s->lateP50 = s->lateP99 = s->lateMax = NAN;
    s->idtDevP50 = s->idtDevP99 = s->askedRate = s->cpuShare = s->waitShare = NAN;
}

static void GetStats(const FlowObject *fo, WeirFlowStats *s)
{
    if (fo->run)
        WeirFlowGetStats(fo->run, s);
    else
        WeirFlowNoStats(&fo->options.spec, s);
}

WeirResult *WeirFlowStatsResult(const WeirFlowStats *s, WeirFlow *run)
{
    WeirResult *r = WeirResultNew();
    WeirResultText(r, "state", WeirFlowStateName(s->state));
    WeirResultText(r, "reason", s->reason.text);
    WeirResultInt(r, "id", s->id);
    WeirResultText(r, "proto", WeirTransportName(s->protocol));
    WeirResultText(r, "source", s->source);
    WeirResultText(r, "destination", s->destination);
    WeirResultInt(r, "seed", (int64_t)s->seed);
    WeirResultInt(r, "packets", s->packets);
    WeirResultInt(r, "bytes", s->bytes);
    WeirResultInt(r, "failed", s->failed);
    WeirResultText(r, "lastError", s->lastError);
    WeirResultReal(r, "elapsed", s->elapsed);
    WeirResultReal(r, "packetRate", s->packetRate);
    WeirResultReal(r, "bitRate", s->bitRate);
    WeirResultReal(r, "lateMean", s->lateMean);
    WeirResultReal(r, "lateP50", s->lateP50);
    WeirResultReal(r, "lateP99", s->lateP99);
    WeirResultReal(r, "lateMax", s->lateMax);
    WeirResultReal(r, "idtDevP50", s->idtDevP50);
    WeirResultReal(r, "idtDevP99", s->idtDevP99);
    ReportReasons(r, s);
    WeirResultInt(r, "logWritten", s->logWritten);
    WeirResultInt(r, "logDropped", s->logDropped);
    WeirFlowChangesResult(r, run);
    if (s->passive)
        WeirResultText(r, "listens", s->listens);
    if (s->gso) {
        WeirResultInt(r, "merged", s->merged);
        WeirResultText(r, "mergeError", s->mergeError);
    }
    if (s->roundTrip) {
        WeirResultInt(r, "received", s->echo.packets);
        WeirFiguresResult(r, &s->echo);
    }
    return r;
}

static int StatsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    const FlowObject *fo = impl;
    WeirFormat format;
    WeirFlowStats s;
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    GetStats(fo, &s);
    return WeirResultReturn(interp, WeirFlowStatsResult(&s, fo->run), format);
}

/* ------------------------------------------------------------ events */

static void OnEvent(void *owner, const WeirEvent *event)
{
    static const char *const names[] = { "started", "finished", "failed", "changed" };
    FlowObject *fo = owner;
    WeirFlowStats s;
    if (!fo->options.command)
        return;
    if (event->kind == WEIR_FLOW_EV_CHANGED) {
        WeirObjectEvent(fo->object, fo->options.command, names[event->kind],
                        WeirFlowChangedDict(event->text));
        return;
    }
    GetStats(fo, &s);
    WeirTell(fo->object, fo->options.command, names[event->kind],
             WeirFlowStatsResult(&s, fo->run));
}

/* ------------------------------------------------------------ starting */

int WeirFlowBusy(const FlowObject *fo)
{
    return fo->run && !WeirFlowEnded(fo->run);
}

static int FailFor(Tcl_Interp *interp, const FlowObject *fo, int code, const char *what)
{
    Tcl_Obj *name = WeirObjectName(fo->object);
    Tcl_IncrRefCount(name);
    WeirTclFail(interp, ROOM, code, "flow %.60s %s", Tcl_GetString(name), what);
    Tcl_DecrRefCount(name);
    return TCL_ERROR;
}

/* The error of one of `count` flows; of several it says which by the flow's id. */
static int FailOf(Tcl_Interp *interp, uint32_t id, int count, const WeirErr *err)
{
    WeirErr named = *err;
    if (count > 1)
        snprintf(named.text, sizeof named.text, "flow %u: %.380s", id, err->text);
    return WeirTclError(interp, ROOM, &named);
}

/* Prepare a fresh run of each flow, then start all; or none. */
static int StartFlows(Tcl_Interp *interp, FlowObject **flows, int count)
{
    WeirFlow **runs = calloc((size_t)count + 1, sizeof *runs);
    WeirEventQueue *queue;
    WeirEngine *engine = WeirFlowRuntime(interp, ROOM, &queue);
    WeirErr err;
    int i, rc = engine ? TCL_OK : TCL_ERROR;
    for (i = 0; i < count && rc == TCL_OK; i++) {
        if (flows[i]->starting++)
            rc = FailFor(interp, flows[i], WEIR_E_ARG, "is named twice");
        else if (WeirFlowBusy(flows[i]))
            rc = FailFor(interp, flows[i], WEIR_E_STATE, "runs already");
        else if (WeirFlowPrepare(engine, &flows[i]->options.spec, queue, flows[i],
                                 &runs[i], &err) < 0 ||
                 WeirFlowPlan(runs[i], flows[i]->plan, &err) < 0)
            rc = FailOf(interp, (uint32_t)flows[i]->options.spec.id, count, &err);
    }
    if (rc == TCL_OK) {
        for (i = 0; i < count; i++) {
            WeirFlowRelease(flows[i]->run);
            flows[i]->run = runs[i];
        }
        WeirFlowsStart(runs, count);
    } else {
        for (i = 0; i < count; i++)
            WeirFlowRelease(runs[i]);
    }
    for (i = 0; i < count; i++)
        flows[i]->starting = 0;
    free(runs);
    return rc;
}

static int StartMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    FlowObject *fo = impl;
    return StartFlows(interp, &fo, 1);
}

static int StopMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    FlowObject *fo = impl;
    if (fo->run)
        WeirFlowStop(fo->run);
    return TCL_OK;
}

/* ------------------------------------------------------------ waiting */

/* What ends a run; 0: nothing. */
typedef struct FlowLimits {
    double seconds, packets, bytes;
} FlowLimits;

/* References to the runs that are waited for, so that objects may be destroyed meanwhile.
 */
typedef struct Waited {
    int count, ended; /* the first `ended` of them have ended, which they stay */
    FlowLimits *limits;
    WeirFlow *runs[];
} Waited;

static int AllEnded(void *arg)
{
    Waited *waited = arg;
    while (waited->ended < waited->count) {
        WeirFlow *run = waited->runs[waited->ended];
        if (run && !WeirFlowEnded(run))
            return 0;
        waited->ended++;
    }
    return 1;
}

/* Seconds until a run has reached one of its limits; infinite when there is none. */
static double SecondsLeft(const FlowLimits *limits, const WeirFlowStats *s)
{
    double left = HUGE_VAL;
    if (limits->seconds > 0)
        left = limits->seconds - s->elapsed;
    if (limits->packets > 0 && s->packetRate > 0)
        left = fmin(left, (limits->packets - (double)s->packets) / s->packetRate);
    if (limits->bytes > 0 && s->bitRate > 0)
        left = fmin(left, (limits->bytes - (double)s->bytes) * 8 / s->bitRate);
    return fmax(0, left);
}

/* How far the slowest of the runs is: of many, one of the first hundred. */
static void TellRuns(void *arg, WeirProgress *progress)
{
    Waited *waited = arg;
    WeirFlowStats s;
    double left = 0, passed = 0;
    int i, run = 0, some = waited->count > 100 ? 100 : waited->count;
    for (i = 0; i < some; i++) {
        if (!waited->runs[i])
            continue;
        WeirFlowGetStats(waited->runs[i], &s);
        progress->count += (double)s.packets;
        if (WeirFlowEnded(waited->runs[i]))
            continue;
        left = fmax(left, SecondsLeft(&waited->limits[i], &s));
        passed = fmax(passed, isnan(s.elapsed) ? 0 : s.elapsed);
        run++;
    }
    for (; i < waited->count; i++)
        run += waited->runs[i] && !WeirFlowEnded(waited->runs[i]);
    snprintf(progress->what, sizeof progress->what, "%d flow%s", run,
             run == 1 ? "" : "s");
    progress->done = passed;
    progress->total = isfinite(left) ? passed + left : 0;
    progress->unit = some == waited->count ? "pkt" : NULL;
}

/* The first flow that failed makes the wait fail with its reason. */
static int ReportFailures(Tcl_Interp *interp, Waited *waited)
{
    WeirFlowStats s;
    int i;
    for (i = 0; i < waited->count; i++) {
        if (!waited->runs[i])
            continue;
        WeirFlowGetStats(waited->runs[i], &s);
        if (s.state == WEIR_FLOW_FAILED)
            return FailOf(interp, s.id, waited->count, &s.reason);
    }
    return TCL_OK;
}

static int WaitFlows(Tcl_Interp *interp, FlowObject **flows, int count, int64_t timeoutNs)
{
    Waited *waited = calloc(1, sizeof *waited + (size_t)count * sizeof(WeirFlow *));
    Tcl_Obj *retry = Tcl_NewListObj(0, NULL);
    int i, rc;
    Tcl_ListObjAppendElement(NULL, retry, Tcl_NewStringObj("::weir::flow::wait", -1));
    waited->count = count;
    waited->limits = calloc((size_t)count + 1, sizeof *waited->limits);
    for (i = 0; i < count; i++) {
        const WeirFlowSpec *spec = &flows[i]->options.spec;
        waited->limits[i] = (FlowLimits){ (double)spec->durationNs / 1e9,
                                          (double)spec->packets, (double)spec->bytes };
        Tcl_ListObjAppendElement(NULL, retry, WeirObjectName(flows[i]->object));
        waited->runs[i] = flows[i]->run ? WeirFlowRef(flows[i]->run) : NULL;
    }
    Tcl_ListObjAppendElement(NULL, retry, Tcl_NewStringObj("-timeout", -1));
    Tcl_ListObjAppendElement(NULL, retry, Tcl_NewIntObj(0));
    rc =
        WeirEventsWaitCommand(interp, ROOM, AllEnded, TellRuns, waited, timeoutNs, retry);
    if (rc == TCL_OK && AllEnded(waited))
        rc = ReportFailures(interp, waited);
    for (i = 0; i < count; i++)
        WeirFlowUnref(waited->runs[i]);
    free(waited->limits);
    free(waited);
    return rc;
}

static int WaitMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    FlowObject *fo = impl;
    WeirWaitWords o = { 0, 0 };
    if (WeirOptRead(interp, ROOM, weirTimeoutOptions, &o, sizeof o, objc, words, NULL) !=
        TCL_OK)
        return TCL_ERROR;
    return WaitFlows(interp, &fo, 1, o.timeoutNs);
}

/* ------------------------------------------------------------ the object */

static const WeirMethod flowMethods[] = {
    { "start", StartMethod, 0, 0, "", "start this flow alone" },
    { "stop", StopMethod, 0, 0, "", "end it early, in an orderly way" },
    { "wait", WaitMethod, 0, 2, "", "wait for its end", weirTimeoutOptions },
    { "stats", StatsMethod, 0, 2, "", "figures, at any time", weirFormatOptions },
    { NULL }
};

static void FreeObject(void *impl)
{
    FlowObject *fo = impl;
    WeirFlowRelease(fo->run);
    WeirChangesFree(fo->plan);
    WeirEventsForget(fo);
    WeirOptFree(weirFlowOptions, &fo->options);
    free(fo);
}

static int Begin(void *impl, Tcl_Interp *interp, WeirObject *object)
{
    FlowObject *fo = impl;
    WeirEventQueue *queue;
    if (!WeirFlowRuntime(interp, ROOM, &queue))
        return TCL_ERROR;
    fo->interp = interp;
    fo->object = object;
    if (fo->options.spec.id == 0)
        fo->options.spec.id = WeirObjectNumber(object);
    WeirEventsExpect(fo, OnEvent);
    return TCL_OK;
}

const WeirClass weirFlowClass = { "flow",
                                  ROOM,
                                  flowMethods,
                                  weirFlowOptions,
                                  offsetof(FlowObject, options),
                                  sizeof(FlowOptions),
                                  WeirFlowCheckOptions,
                                  .bytes = sizeof(FlowObject),
                                  .begin = Begin,
                                  .mayChange = WeirFlowMayChange,
                                  .changed = WeirFlowChanged,
                                  .free = FreeObject };

/* ------------------------------------------------------------ the family */

/* The flows that words name, or all when there are none.  *out is freed by the caller. */
static int NamedFlows(Tcl_Interp *interp, int objc, Tcl_Obj *const words[],
                      FlowObject ***out, int *count)
{
    WeirObject *object;
    int i;
    if (objc == 0) {
        *out = (FlowObject **)WeirObjectAll(interp, &weirFlowClass);
        for (*count = 0; (*out)[*count]; ++*count)
            continue;
        return TCL_OK;
    }
    *out = calloc((size_t)objc, sizeof **out);
    *count = objc;
    for (i = 0; i < objc; i++) {
        object = WeirObjectFind(interp, &weirFlowClass, words[i]);
        if (!object) {
            free(*out);
            return TCL_ERROR;
        }
        (*out)[i] = WeirObjectImpl(object);
    }
    return TCL_OK;
}

/* flow start ?NAME ...?: without names all that do not run. */
static int StartCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    FlowObject **flows;
    int i, n, count, rc;
    if (NamedFlows(interp, objc - 1, objv + 1, &flows, &count) != TCL_OK)
        return TCL_ERROR;
    for (i = n = 0; i < count; i++)
        if (objc > 1 || !WeirFlowBusy(flows[i]))
            flows[n++] = flows[i];
    rc = n > 0 ? StartFlows(interp, flows, n) : TCL_OK;
    free(flows);
    return rc;
}

static int StopCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    FlowObject **flows;
    int i, count;
    if (NamedFlows(interp, objc - 1, objv + 1, &flows, &count) != TCL_OK)
        return TCL_ERROR;
    for (i = 0; i < count; i++)
        StopMethod(flows[i], interp, 0, NULL);
    free(flows);
    return TCL_OK;
}

/* flow wait ?NAME ...? ?-timeout DURATION? */
static int WaitCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    FlowObject **flows;
    int64_t timeoutNs;
    int count, rc;
    objc--;
    objv++;
    if (WeirTimeoutWords(interp, ROOM, &objc, objv, &timeoutNs) != TCL_OK ||
        NamedFlows(interp, objc, objv, &flows, &count) != TCL_OK)
        return TCL_ERROR;
    rc = WaitFlows(interp, flows, count, timeoutNs);
    free(flows);
    return rc;
}

/* flow workers ?N?: threads that send and receive. */
static int WorkersCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirErr err;
    int count;
    if (objc == 2 && Tcl_GetIntFromObj(NULL, objv[1], &count) != TCL_OK)
        count = 0;
    if (objc == 2 && WeirEngineSetWorkers(count, &err) < 0)
        return WeirTclError(interp, ROOM, &err);
    Tcl_SetObjResult(interp, Tcl_NewIntObj(WeirEngineWantedWorkers()));
    return TCL_OK;
}

static const WeirColumn statsColumns[] = { { "state", "state" },
                                           { "proto", "proto" },
                                           { "packets", "packets" },
                                           { "bytes", "bytes" },
                                           { "packetRate", "pkt/s", 1, 1 },
                                           { "bitRate", "Mbit/s", 1e-6, 3 },
                                           { "lateP50", "late p50 us", 1e6, 0 },
                                           { "lateP99", "p99 us", 1e6, 0 },
                                           { "failed", "refused" },
                                           { "cause", "cause" },
                                           { "reason", "reason" },
                                           { NULL } };

/* flow stats ?-format F?: one row per flow, and for people a sentence for each flow that
 * met a limit. */
static int StatsCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    FlowObject **flows;
    WeirResult *all;
    WeirFormat format;
    WeirFlowStats s;
    Tcl_Obj *sentences;
    int i, count;
    if (WeirFormatWords(interp, ROOM, objc - 1, objv + 1, &format) != TCL_OK ||
        NamedFlows(interp, 0, NULL, &flows, &count) != TCL_OK)
        return TCL_ERROR;
    all = WeirResultNew();
    sentences = Tcl_NewObj();
    for (i = 0; i < count; i++) {
        Tcl_Obj *name = WeirObjectName(flows[i]->object);
        Tcl_IncrRefCount(name);
        GetStats(flows[i], &s);
        WeirResultAdopt(all, Tcl_GetString(name), WeirFlowStatsResult(&s, flows[i]->run));
        if (s.verdict.cause != WEIR_CAUSE_NONE)
            Tcl_AppendPrintfToObj(sentences, "\n%s: %s", Tcl_GetString(name),
                                  s.verdict.text);
        Tcl_DecrRefCount(name);
    }
    free(flows);
    Tcl_IncrRefCount(sentences);
    WeirResultAnswer(interp, all, format, statsColumns, Tcl_GetString(sentences));
    Tcl_DecrRefCount(sentences);
    WeirResultFree(all);
    return TCL_OK;
}

/* The subcommands of `flow daemon` and `flow remote`. */
static const WeirSubcommand partTable[] = { { "create", NULL, 0, -1, WEIR_CREATE_WORDS,
                                              "make one" },
                                            { "names", NULL, 0, 0, "", "list them" },
                                            { NULL } };

#define PART_WORDS "create " WEIR_CREATE_WORDS " | names"

static int PartCmd(const WeirClass *cls, Tcl_Interp *interp, int objc,
                   Tcl_Obj *const objv[])
{
    int index;
    if (WeirTclWord(interp, ROOM, objv[1], partTable, sizeof *partTable, "subcommand",
                    &index) != TCL_OK)
        return TCL_ERROR;
    if (index == 0)
        return WeirObjectCreate(interp, cls, objc - 2, objv + 2);
    return objc == 2 ? WeirObjectNames(interp, cls)
                     : WeirTclUsage(interp, ROOM, objv, 2, "", NULL);
}

static int DaemonCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return PartCmd(&weirDaemonClass, interp, objc, objv);
}

static int RemoteCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return PartCmd(&weirRemoteClass, interp, objc, objv);
}

static const WeirSubcommand flowTable[] = {
    { "create", WeirObjectCreateCmd, 0, -1, WEIR_CREATE_WORDS, "make a traffic flow" },
    { "start", StartCmd, 0, -1, "?NAME ...?", "start flows on one common instant" },
    { "stop", StopCmd, 0, -1, "?NAME ...?", "end flows early, in an orderly way" },
    { "wait", WaitCmd, 0, -1, "?NAME ...?", "wait until flows have ended",
      weirTimeoutOptions },
    { "schedule", WeirFlowScheduleCmd, 1, 2, "NAME ?TIMELINE?",
      "options that change at given times of its run" },
    { "model", WeirFlowModelCmd, 0, -1, "?NAME?",
      "options that make a flow like an application's; without NAME their names",
      weirVoipOptions },
    { "preview", WeirFlowPreviewCmd, 1, 2, "NAME ?COUNT?",
      "times and sizes of the packets that a flow would send" },
    { "daemon", DaemonCmd, 1, -1, PART_WORDS,
      "let others command flows here, as ITGSend -Q does" },
    { "remote", RemoteCmd, 1, -1, PART_WORDS, "command flows of such a daemon" },
    { "workers", WorkersCmd, 0, 1, "?COUNT?", "threads that send and receive" },
    { "names", WeirObjectNamesCmd, 0, 0, "", "list the flows" },
    { "stats", StatsCmd, 0, 2, "", "figures of all flows", weirFormatOptions },
    { NULL }
};

int WeirFlowCmdInit(Tcl_Interp *interp)
{
    if (WeirObjectFamily(interp, &weirFlowClass, flowTable) != TCL_OK)
        return TCL_ERROR;
    WeirPublish(interp, WEIR_P_METHODS, "flow daemon", &weirDaemonClass);
    WeirPublish(interp, WEIR_P_METHODS, "flow remote", &weirRemoteClass);
    WeirPublish(interp, WEIR_P_COMMANDS, "flow daemon", partTable);
    WeirPublish(interp, WEIR_P_COMMANDS, "flow remote", partTable);
    return TCL_OK;
}
