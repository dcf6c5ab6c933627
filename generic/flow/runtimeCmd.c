/* What the command files of room flow share: the engine as an interpreter uses it, and
 * words and keys that both families have. */
#include "config.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "flow/flow.h"
#include "flow/flowCmd.h"
#include "flow/logServer.h"
#include "flow/receiver.h"
#include "log/log.h"
#include "tcl/value.h"

#define RUNTIME_KEY    "weir.flow.runtime"
#define SETTLE_NS      (3 * WEIR_NS_PER_S)
#define LOGS_SETTLE_NS (8 * WEIR_NS_PER_S) /* what is on its way to a slow log server */

static void EndRuntime(void *data)
{
    WeirFlowsSettle(SETTLE_NS, true);
    WeirReceiversSettle(SETTLE_NS);
    WeirLogServersSettle(SETTLE_NS);
    WeirLogsSettle(LOGS_SETTLE_NS);
    WeirEngineRelease(data);
}

static void InterpDeleted(void *data, Tcl_Interp *interp)
{
    Tcl_DeleteExitHandler(EndRuntime, data);
    EndRuntime(data);
}

WeirEngine *WeirFlowRuntime(Tcl_Interp *interp, const char *room, WeirEventQueue **queue)
{
    WeirEngine *engine = Tcl_GetAssocData(interp, RUNTIME_KEY, NULL);
    WeirErr err = { WEIR_E_MEMORY, 0, "out of memory" };
    *queue = WeirEventsQueue(&err);
    if (!engine && *queue) {
        engine = WeirEngineAcquire(&err);
        if (engine) {
            Tcl_SetAssocData(interp, RUNTIME_KEY, InterpDeleted, engine);
            Tcl_CreateExitHandler(EndRuntime, engine);
        }
    }
    if (!engine || !*queue) {
        WeirTclError(interp, room, &err);
        return NULL;
    }
    return engine;
}

void WeirFiguresResult(WeirResult *r, const WeirFigures *f)
{
    WeirResultReal(r, "delayMin", f->delayMin);
    WeirResultReal(r, "delayMean", f->delayMean);
    WeirResultReal(r, "delayMax", f->delayMax);
    WeirResultReal(r, "delayP50", f->delayP50);
    WeirResultReal(r, "delayP95", f->delayP95);
    WeirResultReal(r, "delayP99", f->delayP99);
    WeirResultReal(r, "delayStddev", f->delayStddev);
    WeirResultReal(r, "jitterMean", f->jitterMean);
    if (f->sequenced) {
        WeirResultInt(r, "lost", f->seq.lost);
        WeirResultReal(r, "lossRatio", f->lossRatio);
        WeirResultInt(r, "duplicates", f->seq.duplicates);
        WeirResultInt(r, "reordered", f->seq.reordered);
    } else {
        WeirResultReal(r, "lost", NAN);
        WeirResultReal(r, "lossRatio", NAN);
        WeirResultReal(r, "duplicates", NAN);
        WeirResultReal(r, "reordered", NAN);
    }
}

int WeirFormatWords(Tcl_Interp *interp, const char *room, int objc,
                    Tcl_Obj *const words[], WeirFormat *format)
{
    static const char *const options[] = { "-format", NULL };
    int index, value = WEIR_FORMAT_AUTO;
    if (objc > 0 &&
        WeirTclWord(interp, room, words[0], options, sizeof *options, "option", &index))
        return TCL_ERROR;
    if (objc != 0 && objc != 2)
        return WeirTclFail(interp, room, WEIR_E_ARG,
                           "-format wants one word: text, dict, json or csv");
    if (objc == 2 && WeirTclWord(interp, room, words[1], weirFormatNames,
                                 sizeof *weirFormatNames, "format", &value) != TCL_OK)
        return TCL_ERROR;
    *format = (WeirFormat)value;
    return TCL_OK;
}

int WeirTimeoutWords(Tcl_Interp *interp, const char *room, int *objc,
                     Tcl_Obj *const words[], int64_t *timeoutNs)
{
    WeirErr err;
    *timeoutNs = -1;
    if (*objc < 2 || strcmp(Tcl_GetString(words[*objc - 2]), "-timeout") != 0)
        return TCL_OK;
    if (WeirParseDuration(Tcl_GetString(words[*objc - 1]), timeoutNs, &err) < 0)
        return WeirTclError(interp, room, &err);
    *objc -= 2;
    return TCL_OK;
}

typedef struct CountWait {
    int64_t (*ended)(void *of);
    void *of;
    Tcl_WideInt count;
} CountWait;

static int EnoughEnded(void *arg)
{
    const CountWait *wait = arg;
    return wait->ended(wait->of) >= wait->count;
}

int WeirWaitForCount(Tcl_Interp *interp, const char *room, WeirObject *object,
                     const char *option, int64_t (*ended)(void *of), void *of, int objc,
                     Tcl_Obj *const words[], int64_t *count)
{
    CountWait wait = { ended, of, 1 };
    int64_t timeoutNs;
    Tcl_Obj *retry[6];
    if (WeirTimeoutWords(interp, room, &objc, words, &timeoutNs) != TCL_OK)
        return TCL_ERROR;
    if (objc == 2 && strcmp(Tcl_GetString(words[0]), option) == 0) {
        if (Tcl_GetWideIntFromObj(NULL, words[1], &wait.count) != TCL_OK ||
            wait.count < 1)
            return WeirTclFail(interp, room, WEIR_E_ARG,
                               "%s %.40s is not a number of %s: use 1 or more", option,
                               Tcl_GetString(words[1]), option + 1);
    } else if (objc != 0) {
        return WeirTclFail(interp, room, WEIR_E_ARG,
                           "wait takes %s N and -timeout DURATION", option);
    }
    *count = wait.count;
    retry[0] = WeirObjectName(object);
    retry[1] = Tcl_NewStringObj("wait", -1);
    retry[2] = Tcl_NewStringObj(option, -1);
    retry[3] = Tcl_NewWideIntObj(wait.count);
    retry[4] = Tcl_NewStringObj("-timeout", -1);
    retry[5] = Tcl_NewIntObj(0);
    return WeirEventsWaitCommand(interp, room, EnoughEnded, &wait, timeoutNs,
                                 Tcl_NewListObj(6, retry));
}
