/* What the commands `flow`, `receiver` and `logserver` share: the engine as an
 * interpreter uses it, and words and keys that several of them have. */
#ifndef WEIR_RUNTIMECMD_H
#define WEIR_RUNTIMECMD_H
#include "engine/engine.h"
#include "stat/account.h"
#include "tcl/events.h"
#include "tcl/object.h"
#include "tcl/result.h"
#include "tcl/weirTcl.h"

/* The engine and the event queue as this interpreter uses them: made at first use, kept
 * until the interpreter or the program ends, when stopped flows get a moment to end
 * properly. */
WeirEngine *WeirFlowRuntime(Tcl_Interp *interp, const char *room, WeirEventQueue **queue);

/* Keys of delay, jitter, loss, duplicates and reordering. */
void WeirFiguresResult(WeirResult *result, const WeirFigures *figures);

/* The options of `wait`. */
typedef struct WeirWaitWords {
    int64_t count, timeoutNs; /* -1: never */
} WeirWaitWords;
extern const WeirOpt weirTimeoutOptions[], weirWaitFlowsOptions[],
    weirWaitClientsOptions[];

/* Reads `?NAME ...? ?-timeout DURATION?` and leaves the number of names in *objc; -1
 * without a timeout. */
int WeirTimeoutWords(Tcl_Interp *interp, const char *room, int *objc,
                     Tcl_Obj *const words[], int64_t *timeoutNs);

/* The body of `NAME wait ?OPTION N? ?-timeout D?`: until `ended` answers N or more for
 * `of`; `options` is the table of the two, that the words were read by. */
int WeirWaitForCount(Tcl_Interp *interp, const char *room, WeirObject *object,
                     const WeirOpt *options, const WeirWaitWords *words,
                     int64_t (*ended)(void *of), void *of);

/* Call an event prefix (may be NULL) with the details, which are freed.  The object may
 * be gone when this returns. */
void WeirTell(WeirObject *object, Tcl_Obj *prefix, const char *event,
              WeirResult *details);

#endif
