/* What the command files of room flow share. */
#ifndef WEIR_FLOWCMD_H
#define WEIR_FLOWCMD_H
#include "engine/engine.h"
#include "flow/account.h"
#include "tcl/events.h"
#include "tcl/object.h"
#include "tcl/result.h"
#include "tcl/weirTcl.h"

/* The families `flow`, `receiver` and `logserver`. */
int WeirFlowCmdInit(Tcl_Interp *interp);
int WeirReceiverCmdInit(Tcl_Interp *interp);
int WeirLogserverCmdInit(Tcl_Interp *interp);

/* The engine and the event queue as this interpreter uses them: made at first use, kept
 * until the interpreter or the program ends, when stopped flows get a moment to end
 * properly. */
WeirEngine *WeirFlowRuntime(Tcl_Interp *interp, const char *room, WeirEventQueue **queue);

/* Keys of delay, jitter, loss, duplicates and reordering. */
void WeirFiguresResult(WeirResult *result, const WeirFigures *figures);

/* Reads the words `?-format text|dict|json|csv?`; dict unless given. */
int WeirFormatWords(Tcl_Interp *interp, const char *room, int objc,
                    Tcl_Obj *const words[], WeirFormat *format);

/* Reads a `-timeout DURATION` at the end of the words and takes it off *objc; -1 without.
 */
int WeirTimeoutWords(Tcl_Interp *interp, const char *room, int *objc,
                     Tcl_Obj *const words[], int64_t *timeoutNs);

/* The body of `NAME wait ?OPTION N? ?-timeout D?`: until `ended` answers N (1) or more
 * for `of`; OPTION is such as "-flows".  *count is N, when the words are right. */
int WeirWaitForCount(Tcl_Interp *interp, const char *room, WeirObject *object,
                     const char *option, int64_t (*ended)(void *of), void *of, int objc,
                     Tcl_Obj *const words[], int64_t *count);

#endif
