/* flow daemon: options, the object commands, and the flows that are commanded. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "flow/flowShareCmd.h"
#include "logserver/logClient.h"
#include "remote/daemon.h"
#include "remote/rows.h"

typedef struct Options {
    WeirDaemonSpec spec;
    int firstId;
    char *files;
    Tcl_Obj *flowOptions; /* a list that WeirOptApply has taken */
    Tcl_Obj *command;
} Options;

/* A command, also after its end.  Owner of its flow's events. */
typedef struct Row {
    WeirRow base;
    struct DaemonObject *daemon;
    char *client, *line;
    WeirFlow *run; /* NULL when it has ended */
    WeirFlowStats stats;
} Row;

typedef struct DaemonObject {
    WeirObject *object;
    Tcl_Interp *interp;
    Options options;
    WeirDaemon *daemon; /* NULL until started for the first time */
    WeirLog *log;       /* that all flows share, kept open between them */
    int stopping;
    WeirRows rows;
    int64_t finished, failed;
} DaemonObject;

/* ------------------------------------------------------------ options */

/* The options of a flow of the daemon: its command's `words` and what -flowoptions says,
 * which counts more.  `words` may be NULL.  An error is left in the interpreter. */
static int ApplyFlowOptions(Tcl_Interp *interp, Tcl_Obj *words, Tcl_Obj *common,
                            FlowOptions *out)
{
    Tcl_Obj *lists[] = { words, common }, **items;
    Tcl_Size count;
    int i;
    memset(out, 0, sizeof *out);
    if (WeirOptInit(interp, ROOM, weirFlowOptions, out) != TCL_OK)
        return TCL_ERROR;
    for (i = 0; i < 2; i++)
        if (lists[i] &&
            (Tcl_ListObjGetElements(interp, lists[i], &count, &items) != TCL_OK ||
             WeirOptApply(interp, ROOM, weirFlowOptions, out, sizeof *out, (int)count,
                          items, 1, WeirFlowCheckOptions) != TCL_OK)) {
            WeirOptFree(weirFlowOptions, out);
            return TCL_ERROR;
        }
    return TCL_OK;
}

static int ParseFlowOptions(Tcl_Interp *interp, Tcl_Obj *obj, void **value, WeirErr *err)
{
    FlowOptions options;
    if (ApplyFlowOptions(interp, NULL, obj, &options) != TCL_OK)
        return WeirFail(err, WEIR_E_ARG, "%.300s",
                        Tcl_GetString(Tcl_GetObjResult(interp)));
    if (options.command || options.spec.id || options.spec.to) {
        WeirOptFree(weirFlowOptions, &options);
        return WeirFail(err, WEIR_E_ARG, "-to, -id and -command differ for each flow");
    }
    WeirOptFree(weirFlowOptions, &options);
    Tcl_IncrRefCount(obj);
    *value = obj;
    return WEIR_OK;
}

static Tcl_Obj *PrintFlowOptions(const void *value)
{
    return (Tcl_Obj *)(uintptr_t)value;
}

static void *CopyFlowOptions(void *value)
{
    Tcl_IncrRefCount((Tcl_Obj *)value);
    return value;
}

static void ReleaseFlowOptions(void *value)
{
    Tcl_DecrRefCount((Tcl_Obj *)value);
}

static const WeirOptType flowOptionsType = { "flow options", ParseFlowOptions,
                                             PrintFlowOptions, CopyFlowOptions,
                                             ReleaseFlowOptions };
static const char *const layouts[] = { "plain", "stock", "libitg", NULL };

static const WeirOpt daemonOptions[] = {
    { "-listen", WEIR_O_STRING, offsetof(Options, spec.listen), "127.0.0.1:8998", "",
      "HOST:PORT; one that is not of this host alone wants -allow",
      .value = "HOST:PORT" },
    { "-allow", WEIR_O_STRING, offsetof(Options, spec.allow), NULL, "",
      "list of those who may command: ADDRESS or ADDRESS/BITS; empty: this host",
      .value = "NETWORKS" },
    { "-atonce", WEIR_O_INT, offsetof(Options, spec.atOnce), "1000", "",
      "flows at a time; what exceeds them is refused", .min = 1, .max = 10000 },
    { "-firstid", WEIR_O_INT, offsetof(Options, firstId), "1", "",
      "id of the first flow; each further command has the next one", .min = 1,
      .max = 1000000000 },
    { "-files", WEIR_O_STRING, offsetof(Options, files), NULL, "",
      "directory of the files that commands may name; empty refuses them",
      .flags = WEIR_OF_FILE, .value = "DIRECTORY" },
    { "-flowoptions", WEIR_O_TYPE, offsetof(Options, flowOptions), "", "",
      "options of flow create for every flow, such as -log", .type = &flowOptionsType,
      .value = "OPTIONS" },
    { "-layout", WEIR_O_ENUM, offsetof(Options, spec.layout), "plain", "",
      "form of the notices: plain, which no client suffers from; as ITGSend sends them; "
      "as libITG 2.8.1 reads them",
      .choices = layouts },
    { "-command", WEIR_O_OBJ, offsetof(Options, command), NULL, "",
      "called with NAME EVENT DICT; events: started, finished, failed",
      .value = "PREFIX" },
    { NULL }
};

static int CheckOptions(void *record, WeirErr *err)
{
    Options *o = record;
    return WeirDaemonSpecCheck(&o->spec, err);
}

/* ------------------------------------------------------------ figures */

static WeirResult *RowResult(Row *row)
{
    WeirFlowStats s = row->stats;
    WeirResult *r;
    if (row->run)
        WeirFlowGetStats(row->run, &s);
    r = WeirFlowStatsResult(&s, row->run);
    WeirResultText(r, "client", row->client);
    WeirResultText(r, "command", row->line);
    return r;
}

static int StatsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    DaemonObject *d = impl;
    WeirResult *r;
    WeirFormat format;
    WeirDaemonStats s;
    memset(&s, 0, sizeof s);
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    if (d->daemon)
        WeirDaemonGetStats(d->daemon, &s);
    r = WeirResultNew();
    WeirResultText(r, "state", s.listening ? "listening" : "idle");
    WeirResultText(r, "listen", s.listenAddr);
    WeirResultInt(r, "commands", s.commands);
    WeirResultInt(r, "active", s.active);
    WeirResultInt(r, "finished", d->finished);
    WeirResultInt(r, "failed", d->failed);
    WeirResultInt(r, "refused", s.refused);
    WeirResultInt(r, "strangers", s.strangers);
    WeirResultInt(r, "malformed", s.malformed);
    WeirResultInt(r, "unsent", s.unsent);
    return WeirResultReturn(interp, r, format);
}

static const WeirColumn columns[] = { { "id", "flow" },
                                      { "client", "client" },
                                      { "state", "state" },
                                      { "packets", "packets" },
                                      { "bitRate", "Mbit/s", 1e-6, 3 },
                                      { "command", "command" },
                                      { "reason", "reason" },
                                      { NULL } };

static int CommandsMethod(void *impl, Tcl_Interp *interp, int objc,
                          Tcl_Obj *const words[])
{
    DaemonObject *d = impl;
    WeirResult *rows;
    WeirFormat format;
    WeirRow *row;
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    rows = WeirResultNewList();
    for (row = d->rows.first; row; row = row->next)
        WeirResultAdopt(rows, NULL, RowResult((Row *)row));
    return WeirResultReturnRows(interp, rows, columns, format);
}

/* ------------------------------------------------------------ commands */

static void FreeRow(WeirRow *base)
{
    Row *row = (Row *)base;
    WeirFlowRelease(row->run);
    WeirEventsForget(row);
    free(row->client);
    free(row->line);
    free(row);
}

/* `text` is "CLIENT LINE". */
static Row *AddRow(DaemonObject *d, int number, const char *text)
{
    const char *blank = strchr(text, ' ');
    Row *row = calloc(1, sizeof *row);
    WeirFlowSpec none = { .id = d->options.firstId + number - 1 };
    row->daemon = d;
    row->client = strndup(text, (size_t)(blank - text));
    row->line = strdup(blank + 1);
    WeirFlowNoStats(&none, &row->stats);
    WeirRowsAdd(&d->rows, &row->base, number);
    return row;
}

/* The object may be gone when this returns. */
static void Tell(Row *row, const char *event)
{
    DaemonObject *d = row->daemon;
    if (d->options.command)
        WeirTell(d->object, d->options.command, event, RowResult(row));
}

static void EndRow(Row *row)
{
    DaemonObject *d = row->daemon;
    int ok = row->stats.state == WEIR_FLOW_DONE;
    WeirFlowRelease(row->run);
    row->run = NULL;
    WeirEventsForget(row);
    WeirRowsEnd(&d->rows, &row->base);
    WeirDaemonFinish(d->daemon, row->base.number, row->stats.reason.text);
    ++*(ok ? &d->finished : &d->failed);
    Tell(row, ok ? "finished" : "failed");
}

static void OnFlowEvent(void *owner, const WeirEvent *event)
{
    Row *row = owner;
    if (event->kind == WEIR_FLOW_EV_STARTED) {
        Tell(row, "started");
    } else if (event->kind == WEIR_FLOW_EV_FINISHED ||
               event->kind == WEIR_FLOW_EV_FAILED) {
        WeirFlowGetStats(row->run, &row->stats);
        EndRow(row);
    }
}

/* The command in ITGSend's words as options of a flow (library/weir.tcl), in the
 * interpreter's result. */
static int Translate(DaemonObject *d, const char *line)
{
    Tcl_Obj *words[3];
    int i, rc;
    words[0] = Tcl_NewStringObj("::weir::CommandOptions", -1);
    words[1] = Tcl_NewStringObj(line, -1);
    words[2] = Tcl_NewStringObj(d->options.files ? d->options.files : "", -1);
    for (i = 0; i < 3; i++)
        Tcl_IncrRefCount(words[i]);
    rc = Tcl_EvalObjv(d->interp, 3, words, TCL_EVAL_GLOBAL);
    for (i = 0; i < 3; i++)
        Tcl_DecrRefCount(words[i]);
    return rc;
}

/* A run of what the row's command asks for, or an error in the interpreter. */
static int PrepareRow(Row *row)
{
    DaemonObject *d = row->daemon;
    FlowOptions options;
    WeirEventQueue *queue;
    WeirEngine *engine = WeirFlowRuntime(d->interp, ROOM, &queue);
    Tcl_Obj *words;
    WeirErr err;
    int rc;
    if (!engine || Translate(d, row->line) != TCL_OK)
        return TCL_ERROR;
    words = Tcl_GetObjResult(d->interp);
    Tcl_IncrRefCount(words);
    rc = ApplyFlowOptions(d->interp, words, d->options.flowOptions, &options);
    Tcl_DecrRefCount(words);
    if (rc != TCL_OK)
        return rc;
    options.spec.id = (int)row->stats.id;
    if (WeirFlowPrepare(engine, &options.spec, queue, row, &row->run, &err) < 0)
        rc = WeirTclError(d->interp, ROOM, &err);
    WeirOptFree(weirFlowOptions, &options);
    return rc;
}

static void CarryOut(DaemonObject *d, int number, const char *text)
{
    Tcl_InterpState state = Tcl_SaveInterpState(d->interp, TCL_OK);
    Tcl_Interp *interp = d->interp;
    Row *row = AddRow(d, number, text);
    int rc = d->stopping ? WeirTclFail(interp, ROOM, WEIR_E_STATE, "the daemon stops")
                         : PrepareRow(row);
    if (rc == TCL_OK) {
        WeirEventsExpect(row, OnFlowEvent);
        WeirFlowsStart(&row->run, 1);
    } else {
        row->stats.state = WEIR_FLOW_FAILED;
        WeirFail(&row->stats.reason, WEIR_E_ARG, "%s",
                 Tcl_GetString(Tcl_GetObjResult(interp)));
    }
    Tcl_RestoreInterpState(interp, state);
    if (rc != TCL_OK)
        EndRow(row);
}

static void OnEvent(void *owner, const WeirEvent *event)
{
    if (event->kind == WEIR_DAEMON_EV_COMMAND)
        CarryOut(owner, event->detail, event->text);
}

/* ------------------------------------------------------------ the object */

/* Between flows nobody else has the log that they share. */
static int OpenLog(DaemonObject *d, WeirErr *err)
{
    FlowOptions options;
    int rc = WEIR_OK;
    if (d->log ||
        ApplyFlowOptions(NULL, NULL, d->options.flowOptions, &options) != TCL_OK)
        return rc;
    if (options.spec.log)
        rc = WeirLogPlaceOpen(options.spec.logServer, options.spec.logProtocol,
                              options.spec.log, options.spec.logFormat, 0, NULL, &d->log,
                              err);
    WeirOptFree(weirFlowOptions, &options);
    return rc;
}

static int StartMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    DaemonObject *d = impl;
    WeirEventQueue *queue;
    WeirEngine *engine = WeirFlowRuntime(interp, ROOM, &queue);
    WeirDaemon *daemon = d->daemon;
    WeirErr err;
    if (!engine)
        return TCL_ERROR;
    if (OpenLog(d, &err) < 0)
        return WeirTclError(interp, ROOM, &err);
    if ((!daemon &&
         WeirDaemonNew(engine, &d->options.spec, queue, d, &daemon, &err) < 0) ||
        WeirDaemonStart(daemon, &err) < 0) {
        if (!d->daemon) { /* other options may be tried */
            WeirDaemonRelease(daemon);
            WeirLogLeave(d->log);
            d->log = NULL;
        }
        return WeirTclError(interp, ROOM, &err);
    }
    d->daemon = daemon;
    d->stopping = 0;
    return TCL_OK;
}

static int IsIdle(void *arg)
{
    return WeirDaemonIdle(arg);
}

/* Takes no more commands, ends the flows early and waits until they have ended. */
static int StopMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    DaemonObject *d = impl;
    WeirDaemon *daemon = d->daemon;
    WeirObject *object = d->object;
    WeirRow *row;
    int rc;
    if (!daemon)
        return TCL_OK;
    d->stopping = 1;
    WeirDaemonStop(daemon);
    for (row = d->rows.first; row; row = row->next)
        if (((Row *)row)->run)
            WeirFlowStop(((Row *)row)->run);
    WeirDaemonRef(daemon); /* an event may destroy the object */
    WeirObjectPreserve(object);
    rc = WeirEventsWait(interp, IsIdle, daemon, -1);
    WeirDaemonUnref(daemon);
    if (WeirObjectRelease(object) && rc == TCL_OK && d->log) {
        WeirLogClose(d->log, NULL);
        d->log = NULL;
    }
    return rc;
}

static int MayChange(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    const DaemonObject *d = impl;
    return d->daemon
               ? WeirTclFail(interp, ROOM, WEIR_E_STATE,
                             "the daemon was started: make another one for other options")
               : TCL_OK;
}

static const WeirMethod methods[] = {
    { "start", StartMethod, 0, 0, "", "listen for commands" },
    { "stop", StopMethod, 0, 0, "", "take no more commands and end the flows" },
    { "stats", StatsMethod, 0, 2, "", "totals, at any time", weirFormatOptions },
    { "commands", CommandsMethod, 0, 2, "", "figures of each command's flow",
      weirFormatOptions },
    { NULL }
};

static void FreeObject(void *impl)
{
    DaemonObject *d = impl;
    WeirRow *row;
    for (row = d->rows.first; row; row = row->next)
        if (!row->ended)
            WeirDaemonFinish(d->daemon, row->number, "the daemon has ended");
    WeirRowsClear(&d->rows);
    WeirDaemonRelease(d->daemon);
    WeirEventsForget(d);
    WeirLogLeave(d->log);
    WeirOptFree(daemonOptions, &d->options);
    free(d);
}

static int Begin(void *impl, Tcl_Interp *interp, WeirObject *object)
{
    DaemonObject *d = impl;
    WeirEventQueue *queue;
    if (!WeirFlowRuntime(interp, ROOM, &queue))
        return TCL_ERROR;
    d->object = object;
    d->interp = interp;
    WeirRowsInit(&d->rows, FreeRow);
    WeirEventsExpect(d, OnEvent);
    return TCL_OK;
}

const WeirClass weirDaemonClass = { "daemon",
                                    ROOM,
                                    methods,
                                    daemonOptions,
                                    offsetof(DaemonObject, options),
                                    sizeof(Options),
                                    CheckOptions,
                                    .bytes = sizeof(DaemonObject),
                                    .begin = Begin,
                                    .mayChange = MayChange,
                                    .free = FreeObject };
