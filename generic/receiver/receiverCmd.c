/* The family `receiver`: options, the object commands, waiting and figures. */
#include "config.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "itg/tsp.h"
#include "receiver/receiver.h"
#include "receiver/receiverCmd.h"
#include "tcl/object.h"
#include "tcl/opt.h"
#include "wire/runtimeCmd.h"
#include "wire/settle.h"

#define ROOM            "RECEIVER"
#define FLOWS_SETTLE_NS (2000 * INT64_C(1000000))
#define LOOK_NS         (10 * INT64_C(1000000))
#define LOGS_SETTLE_NS  (5000 * INT64_C(1000000))
#define LOG_SERVER_NS   (20000 * INT64_C(1000000)) /* it has 5 s for each of its steps */

typedef struct Options {
    WeirReceiverSpec spec;
    Tcl_Obj *command;
} Options;

typedef struct ReceiverObject {
    WeirObject *object;
    Options options;
    WeirReceiver *receiver; /* NULL until started for the first time */
    int starting;           /* a start waits for the log server */
} ReceiverObject;

static const char *const logProtocols[] = { "udp", "tcp", NULL }; /* WEIR_LOG_BY_... */
static const char *const logFormats[] = { "itg", "weir", NULL };

#define AT(field) offsetof(Options, spec.field)
static const WeirOpt receiverOptions[] = {
    { "-listen", WEIR_O_STRING, AT(listen), "[::]:9000", "",
      "HOST:PORT of the signalling; [::] listens on IPv4 and IPv6",
      .value = "HOST:PORT" },
    { "-passive", WEIR_O_STRING, AT(passive), NULL, "",
      "HOST or HOST:PORT of a sender to call instead of listening",
      .value = "HOST:PORT" },
    { "-bind", WEIR_O_STRING, AT(bind), NULL, "",
      "HOST that data sockets bind to instead of what the sender asks", .value = "HOST" },
    { "-interface", WEIR_O_STRING, AT(interface), NULL, "",
      "network interface of the data sockets", .flags = WEIR_OF_INTERFACE },
    { "-signalinterface", WEIR_O_STRING, AT(signalInterface), NULL, "",
      "network interface of the signalling", .flags = WEIR_OF_INTERFACE },
    { "-log", WEIR_O_STRING, AT(log), NULL, "",
      "record file of all packets; the names that senders ask for are then ignored",
      .flags = WEIR_OF_FILE },
    { "-logformat", WEIR_O_ENUM, AT(logFormat), "itg", "",
      "D-ITG's binary format, or Weir's with dates and nanoseconds",
      .choices = logFormats },
    { "-logserver", WEIR_O_STRING, AT(logServer), NULL, "",
      "HOST or HOST:PORT of the log server that keeps the file -log; empty: this host",
      .value = "HOST:PORT" },
    { "-logproto", WEIR_O_ENUM, AT(logProtocol), "tcp", "",
      "how the records go to that log server", .choices = logProtocols },
    { "-allowlogserver", WEIR_O_STRING, AT(allowLogServer), NULL, "",
      "addresses and networks of log servers that senders may have their logs kept by, "
      "besides each sender's own host",
      .value = "NETWORKS" },
    { "-allowsource", WEIR_O_STRING, AT(allowSource), NULL, "",
      "passive: addresses and networks that data may come from, besides the host that is "
      "called",
      .value = "NETWORKS" },
    { "-logdir", WEIR_O_STRING, AT(logDir), NULL, "",
      "directory for the record files that senders ask for; empty refuses them",
      .flags = WEIR_OF_FILE, .value = "DIRECTORY" },
    { "-serial", WEIR_O_STRING, AT(serial), NULL, "",
      "serial devices in /dev that senders may have mark their packets; none: refused",
      .value = "DEVICES" },
    { "-drain", WEIR_O_DURATION, AT(drainNs), "100ms", "s",
      "silence before the end of a flow is acknowledged", .min = 0, .max = 1 },
    { "-discovery", WEIR_O_DURATION, AT(discoveryNs), "100s", "s",
      "silence before a sender is asked whether it lives; of two questions one wants an "
      "answer",
      .min = 0.1, .max = 86400 },
    { "-hellos", WEIR_O_INT, AT(hellos), "5", "",
      "passive: datagrams, one a second, that open the way to the sender of a flow",
      .min = 1, .max = 100 },
    { "-rcvbuf", WEIR_O_SIZE, AT(bufferBytes), "8MiB", "bytes",
      "receive buffer of UDP, SCTP and DCCP sockets; 0: the system's default", .min = 0,
      .max = 1073741824 },
    { "-readers", WEIR_O_INT, AT(readers), "1", "",
      "threads that read each data port, with a socket each; at most one per worker",
      .min = 1, .max = 64 },
    { "-command", WEIR_O_OBJ, offsetof(Options, command), NULL, "",
      "called with NAME EVENT DICT; events: sessionopen, sessionclose, flowstart, "
      "flowend, "
      "error",
      .value = "PREFIX" },
    { NULL }
};
#undef AT

/* ------------------------------------------------------------ figures */

static WeirResult *FlowResult(const WeirSinkStats *s)
{
    static const char *const payloads[] = { "standard", "short", "none" };
    WeirResult *r = WeirResultNew();
    WeirResultInt(r, "id", s->id);
    WeirResultText(r, "source", s->source);
    WeirResultText(r, "destination", s->destination);
    WeirResultText(r, "peer", s->peer);
    WeirResultText(r, "proto", WeirTransportName(s->protocol));
    WeirResultText(r, "meter", s->meter == WEIR_ITG_RTTM ? "rttm" : "owdm");
    WeirResultText(r, "payload", payloads[s->payload]);
    WeirResultText(r, "state", s->active ? "active" : s->reason.code ? "failed" : "done");
    WeirResultText(r, "reason", s->reason.text);
    WeirResultInt(r, "packets", s->figures.packets);
    WeirResultInt(r, "bytes", s->figures.bytes);
    WeirResultReal(r, "elapsed", s->figures.elapsed);
    WeirResultReal(r, "packetRate", s->figures.packetRate);
    WeirResultReal(r, "bitRate", s->figures.bitRate);
    WeirFiguresResult(r, &s->figures);
    WeirResultInt(r, "kernelDrops", s->kernelDrops);
    WeirResultInt(r, "logDropped", s->logDropped);
    return r;
}

static WeirResult *StatsResult(ReceiverObject *ro)
{
    WeirResult *r = WeirResultNew();
    WeirReceiverStats s;
    memset(&s, 0, sizeof s);
    if (ro->receiver)
        WeirReceiverGetStats(ro->receiver, &s);
    WeirResultText(r, "state",
                   s.listening                          ? "listening"
                   : s.calling && s.sessionsActive == 0 ? "calling"
                   : s.calling                          ? "connected"
                                                        : "idle");
    WeirResultText(r, "listen", s.listenAddr);
    WeirResultInt(r, "sessions", s.sessions);
    WeirResultInt(r, "sessionsActive", s.sessionsActive);
    WeirResultInt(r, "flows", s.flows);
    WeirResultInt(r, "flowsActive", s.flowsActive);
    WeirResultInt(r, "refused", s.refused);
    WeirResultInt(r, "packets", s.packets);
    WeirResultInt(r, "bytes", s.bytes);
    WeirResultInt(r, "stray", s.stray);
    WeirResultInt(r, "kernelDrops", s.kernelDrops);
    WeirResultInt(r, "starved", s.starved);
    WeirResultInt(r, "eventsMissed", s.eventsMissed);
    WeirResultInt(r, "logWritten", s.logWritten);
    WeirResultInt(r, "logDropped", s.logDropped);
    WeirResultText(r, "logError", s.logError.text);
    if (s.known)
        WeirResultInt(r, "complete", s.complete);
    else
        WeirResultText(r, "complete", "");
    WeirResultText(r, "verdict", s.verdict);
    return r;
}

static int StatsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    WeirFormat format;
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    return WeirResultReturn(interp, StatsResult(impl), format);
}

static const WeirColumn flowsColumns[] = { { "id", "flow" },
                                           { "source", "source" },
                                           { "proto", "proto" },
                                           { "state", "state" },
                                           { "packets", "packets" },
                                           { "bitRate", "Mbit/s", 1e-6, 3 },
                                           { "lost", "lost" },
                                           { "delayMean", "delay ms", 1e3, 3 },
                                           { "delayP99", "p99 ms", 1e3, 3 },
                                           { "jitterMean", "jitter ms", 1e3, 3 },
                                           { "reason", "reason" },
                                           { NULL } };

static int FlowsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ReceiverObject *ro = impl;
    WeirResult *rows;
    WeirFormat format;
    WeirSinkStats *flows = NULL;
    int i, count = 0;
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    if (ro->receiver)
        count = WeirReceiverFlows(ro->receiver, &flows);
    if (count < 0)
        return WeirTclFail(interp, ROOM, count, "out of memory");
    rows = WeirResultNewList();
    for (i = 0; i < count; i++)
        WeirResultAdopt(rows, NULL, FlowResult(&flows[i]));
    free(flows);
    return WeirResultReturnRows(interp, rows, flowsColumns, format);
}

/* ------------------------------------------------------------ events */

static void OnEvent(void *owner, const WeirEvent *event)
{
    static const char *const names[] = { "sessionopen", "sessionclose", "flowstart",
                                         "flowend", "error" };
    ReceiverObject *ro = owner;
    WeirResult *result;
    WeirSinkStats flow;
    if (!ro->options.command || event->kind == WEIR_RECEIVER_EV_IDLE)
        return;
    if (event->kind == WEIR_RECEIVER_EV_FLOWSTART ||
        event->kind == WEIR_RECEIVER_EV_FLOWEND) {
        if (!WeirReceiverFlow(ro->receiver, event->detail, &flow))
            return;
        result = FlowResult(&flow);
        WeirResultInt(result, "number", flow.number);
    } else {
        result = WeirResultNew();
        WeirResultText(result, event->kind == WEIR_RECEIVER_EV_ERROR ? "reason" : "peer",
                       event->text);
    }
    WeirTell(ro->object, ro->options.command, names[event->kind], result);
}

/* ------------------------------------------------------------ the object */

/* Run the event loop until *done, of which no event tells. */
static int WaitLooking(Tcl_Interp *interp, int (*done)(void *arg), void *arg,
                       int64_t limitNs)
{
    int rc = TCL_CONTINUE;
    for (; rc == TCL_CONTINUE && limitNs > 0; limitNs -= LOOK_NS)
        rc = WeirEventsWait(interp, done, arg, LOOK_NS);
    return rc;
}

typedef struct LogWait {
    WeirReceiver *receiver;
    WeirErr err;
    int ready;
} LogWait;

static int LogKnown(void *arg)
{
    LogWait *wait = arg;
    wait->ready = WeirReceiverLogReady(wait->receiver, &wait->err);
    return wait->ready != 0;
}

/* Open the log and wait until it takes records, at once for a file. */
static int OpenLog(Tcl_Interp *interp, WeirReceiver *receiver)
{
    LogWait wait = { receiver,
                     { WEIR_E_TIMEOUT, 0, "the log server does not answer" },
                     0 };
    if (WeirReceiverOpenLog(receiver, &wait.err) < 0)
        return WeirTclError(interp, ROOM, &wait.err);
    if (!LogKnown(&wait) &&
        WaitLooking(interp, LogKnown, &wait, LOG_SERVER_NS) == TCL_ERROR)
        return TCL_ERROR;
    return wait.ready > 0 ? TCL_OK : WeirTclError(interp, ROOM, &wait.err);
}

/* Consumes the caller's interest in the receiver when it does not come to listen. */
static int StartFirst(Tcl_Interp *interp, ReceiverObject *ro, WeirReceiver *receiver)
{
    WeirObject *object = ro->object;
    WeirErr err;
    int rc, alive;
    ro->starting = 1;
    WeirObjectPreserve(object); /* an event may destroy it */
    rc = OpenLog(interp, receiver);
    alive = WeirObjectRelease(object);
    if (alive)
        ro->starting = 0;
    else if (rc == TCL_OK)
        rc = WeirTclFail(interp, ROOM, WEIR_E_STATE, "the receiver was destroyed");
    if (rc == TCL_OK && WeirReceiverStart(receiver, &err) < 0)
        rc = WeirTclError(interp, ROOM, &err);
    if (rc == TCL_OK)
        ro->receiver = receiver;
    else /* other options may be tried */
        WeirReceiverRelease(receiver);
    return rc;
}

static int StartMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ReceiverObject *ro = impl;
    WeirEventQueue *queue;
    WeirEngine *engine = WeirFlowRuntime(interp, ROOM, &queue);
    WeirReceiver *receiver;
    WeirErr err;
    if (!engine)
        return TCL_ERROR;
    if (ro->starting)
        return WeirTclFail(interp, ROOM, WEIR_E_STATE, "the receiver is being started");
    if (ro->receiver)
        return WeirReceiverStart(ro->receiver, &err) < 0
                   ? WeirTclError(interp, ROOM, &err)
                   : TCL_OK;
    if (WeirReceiverNew(engine, &ro->options.spec, queue, ro, &receiver, &err) < 0)
        return WeirTclError(interp, ROOM, &err);
    return StartFirst(interp, ro, receiver);
}

static int IsIdle(void *arg)
{
    return WeirReceiverIdle(arg);
}

static int LogsEnded(void *arg)
{
    return WeirReceiverLogsEnded(arg);
}

/* Stops listening and waits until what arrived is drained and in the logs. */
static int StopMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ReceiverObject *ro = impl;
    WeirReceiver *receiver = ro->receiver;
    int rc;
    if (!receiver)
        return TCL_OK;
    WeirReceiverRef(receiver); /* an event may destroy the object */
    WeirReceiverStop(receiver);
    rc = WeirEventsWait(interp, IsIdle, receiver, FLOWS_SETTLE_NS);
    WeirReceiverCloseLog(receiver);
    if (rc != TCL_ERROR)
        rc = WaitLooking(interp, LogsEnded, receiver, LOGS_SETTLE_NS);
    WeirReceiverUnref(receiver);
    return rc == TCL_CONTINUE ? TCL_OK : rc;
}

typedef struct FlowsWait {
    WeirReceiver *receiver;
    int passive; /* its one session may be over before */
} FlowsWait;

static int64_t FlowsEnded(void *arg)
{
    const FlowsWait *wait = arg;
    if (wait->passive && WeirReceiverIdle(wait->receiver))
        return INT64_MAX;
    return WeirReceiverFlowsEnded(wait->receiver);
}

/* NAME wait ?-flows N? ?-timeout D?: until N flows (1) have ended since the first start.
 */
static int WaitMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    ReceiverObject *ro = impl;
    FlowsWait wait = { ro->receiver, ro->options.spec.passive != NULL };
    WeirWaitWords o = { 0, 0 };
    long long ended;
    int rc;
    if (WeirOptRead(interp, ROOM, weirWaitFlowsOptions, &o, sizeof o, objc, words,
                    NULL) != TCL_OK)
        return TCL_ERROR;
    if (!wait.receiver)
        return WeirTclFail(interp, ROOM, WEIR_E_STATE, "the receiver was not started");
    WeirReceiverRef(wait.receiver);
    rc = WeirWaitForCount(interp, ROOM, ro->object, weirWaitFlowsOptions, &o, FlowsEnded,
                          &wait);
    ended = WeirReceiverFlowsEnded(wait.receiver);
    if (rc == TCL_OK && ended < o.count && WeirReceiverIdle(wait.receiver))
        rc = WeirTclFail(interp, ROOM, WEIR_E_STATE,
                         "the session with the sender is over, after %lld flows", ended);
    WeirReceiverUnref(wait.receiver);
    return rc;
}

static int MayChange(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    const ReceiverObject *ro = impl;
    return ro->receiver
               ? WeirTclFail(
                     interp, ROOM, WEIR_E_STATE,
                     "the receiver was started: make another one for other options")
               : TCL_OK;
}

static const WeirMethod receiverMethods[] = {
    { "start", StartMethod, 0, 0, "", "listen for senders" },
    { "stop", StopMethod, 0, 0, "", "stop listening and end all flows" },
    { "wait", WaitMethod, 0, 4, "", "wait until N flows have ended",
      weirWaitFlowsOptions },
    { "stats", StatsMethod, 0, 2, "", "totals, at any time", weirFormatOptions },
    { "flows", FlowsMethod, 0, 2, "", "figures of each flow", weirFormatOptions },
    { NULL }
};

/* Flows of this process that were let go may still need this receiver's acknowledgement.
 */
static void FreeObject(void *impl)
{
    ReceiverObject *ro = impl;
    if (ro->receiver && WeirReceiverListening(ro->receiver))
        WeirSettle(WEIR_BUSY_FLOWS, FLOWS_SETTLE_NS);
    WeirReceiverRelease(ro->receiver);
    WeirEventsForget(ro);
    WeirOptFree(receiverOptions, &ro->options);
    free(ro);
}

static int Begin(void *impl, Tcl_Interp *interp, WeirObject *object)
{
    ReceiverObject *ro = impl;
    WeirEventQueue *queue;
    if (!WeirFlowRuntime(interp, ROOM, &queue))
        return TCL_ERROR;
    ro->object = object;
    WeirEventsExpect(ro, OnEvent);
    return TCL_OK;
}

static const WeirClass receiverClass = { "receiver",
                                         ROOM,
                                         receiverMethods,
                                         receiverOptions,
                                         offsetof(ReceiverObject, options),
                                         sizeof(Options),
                                         NULL,
                                         .bytes = sizeof(ReceiverObject),
                                         .begin = Begin,
                                         .mayChange = MayChange,
                                         .free = FreeObject };

static const WeirSubcommand receiverTable[] = {
    { "create", WeirObjectCreateCmd, 0, -1, WEIR_CREATE_WORDS,
      "make a receiver of flows" },
    { "names", WeirObjectNamesCmd, 0, 0, "", "list the receivers" },
    { NULL }
};

int WeirReceiverCmdInit(Tcl_Interp *interp)
{
    return WeirObjectFamily(interp, &receiverClass, receiverTable);
}
