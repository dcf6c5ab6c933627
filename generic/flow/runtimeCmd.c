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

#define RUNTIME_KEY "weir.flow.runtime"
#define SETTLE_NS   (3 * WEIR_NS_PER_S)

static void EndRuntime(void *data)
{
    WeirFlowsSettle(SETTLE_NS, true);
    WeirReceiversSettle(SETTLE_NS);
    WeirLogServersSettle(SETTLE_NS);
    WeirLogsSettle(SETTLE_NS);
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
    int index, value = WEIR_FORMAT_DICT;
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
