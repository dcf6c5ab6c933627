#include "config.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "log/log.h"
#include "wire/runtimeCmd.h"
#include "wire/settle.h"

#define RUNTIME_KEY    "weir.flow.runtime"
#define SETTLE_NS      (3 * WEIR_NS_PER_S)
#define LOGS_SETTLE_NS (8 * WEIR_NS_PER_S) /* what is on its way to a slow log server */

static void EndRuntime(void *data)
{
    WeirSettle(WEIR_BUSY_FLOWS | WEIR_BUSY_CHANNELS, SETTLE_NS);
    WeirSettle(WEIR_BUSY_RECEIVERS, SETTLE_NS);
    WeirSettle(WEIR_BUSY_LOGSERVERS, SETTLE_NS);
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

/* ------------------------------------------------------------ waiting */

static const char *const never[] = { "never", NULL };

#define TIMEOUT                                                                          \
    {                                                                                    \
        "-timeout", WEIR_O_DURATION, offsetof(WeirWaitWords, timeoutNs), "never", "s",   \
            "give up, with an error, after this time", .choices = never,                 \
                                                       .value = "DURATION"               \
    }
#define COUNT(name, what)                                                                \
    {                                                                                    \
        name, WEIR_O_WIDE, offsetof(WeirWaitWords, count), "1", "",                      \
            what " that have ended since the first start", .min = 1, .max = 4294967295.0 \
    }
const WeirOpt weirTimeoutOptions[] = { TIMEOUT, { NULL } };
const WeirOpt weirWaitFlowsOptions[] = { COUNT("-flows", "flows"), TIMEOUT, { NULL } };
const WeirOpt weirWaitClientsOptions[] = { COUNT("-clients", "clients"),
                                           TIMEOUT,
                                           { NULL } };

int WeirTimeoutWords(Tcl_Interp *interp, const char *room, int *objc,
                     Tcl_Obj *const words[], int64_t *timeoutNs)
{
    WeirWaitWords o = { 0, 0 };
    int names = 0;
    while (names < *objc && Tcl_GetString(words[names])[0] != '-')
        names++;
    if (WeirOptRead(interp, room, weirTimeoutOptions, &o, sizeof o, *objc - names,
                    words + names, NULL) != TCL_OK)
        return TCL_ERROR;
    *objc = names;
    *timeoutNs = o.timeoutNs;
    return TCL_OK;
}

void WeirTell(WeirObject *object, Tcl_Obj *prefix, const char *event, WeirResult *details)
{
    WeirObjectEvent(object, prefix, event, WeirResultObj(details, WEIR_FORMAT_DICT));
    WeirResultFree(details);
}

typedef struct CountWait {
    int64_t (*ended)(void *of);
    void *of;
    int64_t count;
    const char *name, *things; /* of the object; "flows" */
} CountWait;

static int EnoughEnded(void *arg)
{
    const CountWait *wait = arg;
    return wait->ended(wait->of) >= wait->count;
}

static void TellEnded(void *arg, WeirProgress *progress)
{
    const CountWait *wait = arg;
    snprintf(progress->what, sizeof progress->what, "%s: %lld of %lld %s ended",
             wait->name, (long long)wait->ended(wait->of), (long long)wait->count,
             wait->things);
}

int WeirWaitForCount(Tcl_Interp *interp, const char *room, WeirObject *object,
                     const WeirOpt *options, const WeirWaitWords *words,
                     int64_t (*ended)(void *of), void *of)
{
    CountWait wait = { ended, of, words->count, "", options[0].name + 1 };
    Tcl_Obj *retry[6];
    retry[0] = WeirObjectName(object);
    retry[1] = Tcl_NewStringObj("wait", -1);
    retry[2] = Tcl_NewStringObj(options[0].name, -1);
    retry[3] = Tcl_NewWideIntObj(words->count);
    retry[4] = Tcl_NewStringObj(options[1].name, -1);
    retry[5] = Tcl_NewIntObj(0);
    wait.name = Tcl_GetString(retry[0]);
    return WeirEventsWaitCommand(interp, room, EnoughEnded, TellEnded, &wait,
                                 words->timeoutNs, Tcl_NewListObj(6, retry));
}
