/* flow remote: options, the object commands, waiting and figures. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "flow/flowShareCmd.h"
#include "remote/remote.h"
#include "remote/rows.h"

typedef struct Options {
    WeirRemoteSpec spec;
    Tcl_Obj *command;
} Options;

/* A command, also after its end. */
typedef struct Row {
    WeirRow base;
    enum { SENT, STARTED, FINISHED, FAILED } state;
    int failure;             /* WEIR_E_... */
    int64_t sentNs, endedNs; /* CLOCK_MONOTONIC; 0: not yet */
    char *reason;
    char line[];
} Row;

typedef struct RemoteObject {
    WeirObject *object;
    Options options;
    WeirRemote *remote; /* NULL until the first command */
    WeirRows rows;
} RemoteObject;

static const WeirOpt remoteOptions[] = {
    { "-to", WEIR_O_STRING, offsetof(Options, spec.to), NULL, "",
      "HOST or HOST:PORT of the daemon; port 8998 unless given", .value = "HOST:PORT" },
    { "-bind", WEIR_O_STRING, offsetof(Options, spec.bind), NULL, "",
      "source HOST, HOST:PORT or :PORT of the commands", .value = "HOST:PORT" },
    { "-answer", WEIR_O_DURATION, offsetof(Options, spec.answerNs), "2s", "s",
      "a command that is not answered so long has failed", .min = 0.01, .max = 3600 },
    { "-command", WEIR_O_OBJ, offsetof(Options, command), NULL, "",
      "called with NAME EVENT DICT; events: started, finished, failed",
      .value = "PREFIX" },
    { NULL }
};

static int CheckOptions(void *record, WeirErr *err)
{
    Options *o = record;
    return WeirRemoteSpecCheck(&o->spec, err);
}

/* ------------------------------------------------------------ figures */

static WeirResult *RowResult(const Row *row)
{
    static const char *const states[] = { "sent", "started", "finished", "failed" };
    WeirResult *r = WeirResultNew();
    WeirResultInt(r, "number", row->base.number);
    WeirResultText(r, "command", row->line);
    WeirResultText(r, "state", states[row->state]);
    WeirResultText(r, "reason", row->reason ? row->reason : "");
    WeirResultReal(r, "elapsed",
                   row->endedNs ? (double)(row->endedNs - row->sentNs) / WEIR_NS_PER_S
                                : NAN);
    return r;
}

static int StatsMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    RemoteObject *ro = impl;
    WeirResult *r;
    WeirFormat format;
    WeirRemoteStats s;
    memset(&s, 0, sizeof s);
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    if (ro->remote)
        WeirRemoteGetStats(ro->remote, &s);
    r = WeirResultNew();
    WeirResultText(r, "daemon", s.daemon);
    WeirResultText(r, "local", s.local);
    WeirResultInt(r, "sent", s.sent);
    WeirResultInt(r, "active", ro->rows.open);
    WeirResultInt(r, "started", s.started);
    WeirResultInt(r, "finished", s.finished);
    WeirResultInt(r, "failed", s.failed);
    WeirResultInt(r, "unexpected", s.unexpected);
    WeirResultInt(r, "malformed", s.malformed);
    return WeirResultReturn(interp, r, format);
}

static const WeirColumn columns[] = {
    { "number", "number" },   { "state", "state" },   { "elapsed", "elapsed s", 1, 3 },
    { "command", "command" }, { "reason", "reason" }, { NULL }
};

static int CommandsMethod(void *impl, Tcl_Interp *interp, int objc,
                          Tcl_Obj *const words[])
{
    RemoteObject *ro = impl;
    WeirResult *rows;
    WeirFormat format;
    const WeirRow *row;
    if (WeirFormatWords(interp, ROOM, objc, words, &format) != TCL_OK)
        return TCL_ERROR;
    rows = WeirResultNewList();
    for (row = ro->rows.first; row; row = row->next)
        WeirResultAdopt(rows, NULL, RowResult((const Row *)row));
    return WeirResultReturnRows(interp, rows, columns, format);
}

/* ------------------------------------------------------------ commands */

static void FreeRow(WeirRow *base)
{
    free(((Row *)base)->reason);
    free(base);
}

static void AddRow(RemoteObject *ro, int number, const char *line)
{
    Row *row = calloc(1, sizeof *row + strlen(line) + 1);
    row->sentNs = WeirMonoNs();
    strcpy(row->line, line);
    WeirRowsAdd(&ro->rows, &row->base, number);
}

static Row *FindRow(const RemoteObject *ro, int number)
{
    return (Row *)WeirRowsFind(&ro->rows, number);
}

static void OnEvent(void *owner, const WeirEvent *event)
{
    static const char *const names[] = { "started", "finished", "failed", "failed" };
    RemoteObject *ro = owner;
    Row *row = FindRow(ro, event->detail);
    if (!row)
        return;
    if (event->kind == WEIR_REMOTE_EV_STARTED) {
        row->state = STARTED;
    } else {
        row->state = event->kind == WEIR_REMOTE_EV_FINISHED ? FINISHED : FAILED;
        row->failure =
            event->kind == WEIR_REMOTE_EV_FAILED ? WEIR_E_PEER : WEIR_E_TIMEOUT;
        row->endedNs = WeirMonoNs();
        row->reason = strdup(event->text);
        WeirRowsEnd(&ro->rows, &row->base);
    }
    if (ro->options.command)
        WeirTell(ro->object, ro->options.command, names[event->kind], RowResult(row));
}

/* NAME send LINE: answers the command's number. */
static int SendMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    RemoteObject *ro = impl;
    WeirEventQueue *queue;
    WeirEngine *engine = WeirFlowRuntime(interp, ROOM, &queue);
    const char *line = Tcl_GetString(words[0]);
    WeirErr err;
    int number;
    if (!engine)
        return TCL_ERROR;
    if (!ro->remote &&
        WeirRemoteNew(engine, &ro->options.spec, queue, ro, &ro->remote, &err) < 0)
        return WeirTclError(interp, ROOM, &err);
    number = WeirRemoteSend(ro->remote, line, &err);
    if (number < 0)
        return WeirTclError(interp, ROOM, &err);
    AddRow(ro, number, line);
    Tcl_SetObjResult(interp, Tcl_NewIntObj(number));
    return TCL_OK;
}

/* ------------------------------------------------------------ waiting */

/* The object is found anew each time: an event may destroy it. */
typedef struct Wait {
    WeirObject *object;
    int number; /* 0: all commands */
} Wait;

static int Ended(void *arg)
{
    const Wait *wait = arg;
    RemoteObject *ro = WeirObjectImpl(wait->object);
    const Row *row;
    if (!ro || wait->number == 0)
        return !ro || ro->rows.open == 0;
    row = FindRow(ro, wait->number);
    return !row || row->state >= FINISHED;
}

static void TellOpen(void *arg, WeirProgress *progress)
{
    const Wait *wait = arg;
    const RemoteObject *ro = WeirObjectImpl(wait->object);
    if (ro)
        snprintf(progress->what, sizeof progress->what, "%d command%s under way",
                 ro->rows.open, ro->rows.open == 1 ? "" : "s");
}

/* The first of the commands waited for that failed makes the wait fail. */
static int ReportFailure(Tcl_Interp *interp, const RemoteObject *ro, int number)
{
    const Row *row;
    for (row = (Row *)ro->rows.first; row; row = (Row *)row->base.next)
        if (row->state == FAILED && (number == 0 || row->base.number == number))
            return WeirTclFail(interp, ROOM, row->failure, "command %d: %.380s",
                               row->base.number, row->reason);
    return TCL_OK;
}

/* NAME wait ?NUMBER? ?-timeout D?: until that command, or all, have ended. */
static int WaitMethod(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    RemoteObject *ro = impl;
    Wait wait = { ro->object, 0 };
    int64_t timeoutNs;
    Tcl_Obj *retry;
    int rc;
    if (WeirTimeoutWords(interp, ROOM, &objc, words, &timeoutNs) != TCL_OK)
        return TCL_ERROR;
    if (objc > 1 ||
        (objc == 1 && (Tcl_GetIntFromObj(NULL, words[0], &wait.number) != TCL_OK ||
                       !FindRow(ro, wait.number))))
        return WeirTclFail(interp, ROOM, WEIR_E_ARG,
                           "wait takes the number of a command, as send answers it, and "
                           "-timeout DURATION");
    retry = Tcl_NewListObj(0, NULL);
    Tcl_ListObjAppendElement(NULL, retry, WeirObjectName(ro->object));
    Tcl_ListObjAppendElement(NULL, retry, Tcl_NewStringObj("wait", -1));
    if (objc == 1)
        Tcl_ListObjAppendElement(NULL, retry, words[0]);
    Tcl_ListObjAppendElement(NULL, retry, Tcl_NewStringObj("-timeout", -1));
    Tcl_ListObjAppendElement(NULL, retry, Tcl_NewIntObj(0));
    WeirObjectPreserve(wait.object);
    rc = WeirEventsWaitCommand(interp, ROOM, Ended, TellOpen, &wait, timeoutNs, retry);
    if (rc == TCL_OK && WeirObjectImpl(wait.object) && Ended(&wait))
        rc = ReportFailure(interp, ro, wait.number);
    WeirObjectRelease(wait.object);
    return rc;
}

/* ------------------------------------------------------------ the object */

static int MayChange(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    const RemoteObject *ro = impl;
    return ro->remote
               ? WeirTclFail(
                     interp, ROOM, WEIR_E_STATE,
                     "the remote has sent commands: make another one for other options")
               : TCL_OK;
}

static const WeirMethod methods[] = {
    { "send", SendMethod, 1, 1, "LINE", "command a flow" },
    { "wait", WaitMethod, 0, 3, "?NUMBER?", "wait until a command, or all, have ended",
      weirTimeoutOptions },
    { "stats", StatsMethod, 0, 2, "", "totals, at any time", weirFormatOptions },
    { "commands", CommandsMethod, 0, 2, "", "what became of each command",
      weirFormatOptions },
    { NULL }
};

static void FreeObject(void *impl)
{
    RemoteObject *ro = impl;
    WeirRemoteRelease(ro->remote);
    WeirEventsForget(ro);
    WeirRowsClear(&ro->rows);
    WeirOptFree(remoteOptions, &ro->options);
    free(ro);
}

static int Begin(void *impl, Tcl_Interp *interp, WeirObject *object)
{
    RemoteObject *ro = impl;
    WeirEventQueue *queue;
    if (!WeirFlowRuntime(interp, ROOM, &queue))
        return TCL_ERROR;
    ro->object = object;
    WeirRowsInit(&ro->rows, FreeRow);
    WeirEventsExpect(ro, OnEvent);
    return TCL_OK;
}

const WeirClass weirRemoteClass = { "remote",
                                    ROOM,
                                    methods,
                                    remoteOptions,
                                    offsetof(RemoteObject, options),
                                    sizeof(Options),
                                    CheckOptions,
                                    .bytes = sizeof(RemoteObject),
                                    .begin = Begin,
                                    .mayChange = MayChange,
                                    .free = FreeObject };
