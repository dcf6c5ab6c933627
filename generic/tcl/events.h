/* Events from engine threads into the Tcl loop: one WeirEventQueue per Tcl thread, behind
 * one descriptor.  Engine code posts to the queue (base/eventq.h); here each event is
 * handed, in the Tcl thread, to the handler that its owner registered. */
#ifndef WEIR_EVENTS_H
#define WEIR_EVENTS_H
#include "base/eventq.h"
#include "base/progress.h"
#include "tcl/weirTcl.h"

typedef void WeirEventHandler(void *owner, const WeirEvent *event);

/* The queue of the calling Tcl thread, made at first use; NULL and an error in `err` when
 * the system gives no descriptor. */
WeirEventQueue *WeirEventsQueue(WeirErr *err);

/* From now on events whose owner is `owner` go to `handler`; Forget also drops queued
 * ones. */
void WeirEventsExpect(void *owner, WeirEventHandler *handler);
void WeirEventsForget(void *owner);

/* Run the event loop until *done is non-zero, the timeout passes (timeoutNs < 0: none) or
 * the script is cancelled.  Events that were posted before *done are handed over before
 * it returns: who waited for the end of a thing has seen the event of its end.  Returns
 * TCL_OK, TCL_CONTINUE for a timeout, or TCL_ERROR. */
int WeirEventsWait(Tcl_Interp *interp, int (*done)(void *arg), void *arg,
                   int64_t timeoutNs);

/* The body of a `wait` command: as WeirEventsWait, but inside a coroutine it yields until
 * `retry` (the same wait with -timeout 0, consumed) no longer times out.  A timeout is an
 * error {WEIR room TIMEOUT}.  `tell` says how far it is, when somebody looks on. */
int WeirEventsWaitCommand(Tcl_Interp *interp, const char *room, int (*done)(void *arg),
                          void (*tell)(void *arg, WeirProgress *progress), void *arg,
                          int64_t timeoutNs, Tcl_Obj *retry);

#endif
