/* Interrupts: Ctrl-C, SIGTERM and SIGHUP stop the running script at a safe point, so that
 * flows end their signalling and logs are flushed; a second signal, a moment later, ends
 * the process at once.  A signal that is ignored when the program starts (nohup, a
 * background job) stays ignored. */
#ifndef WEIR_INTERRUPT_H
#define WEIR_INTERRUPT_H
#include <tcl.h>

/* From now on a signal cancels what `interp` evaluates, so that no catch of a script can
 * hold it back.  A script that has something to end in its own way says so with
 *
 *     weir::oninterrupt ?SCRIPT?
 *
 * The next signal then runs SCRIPT once, from the event loop, instead; the one after it
 * cancels as usual.  An empty SCRIPT takes that back; without one the command answers
 * what is set.  Call once, in the interpreter's thread. */
void WeirInterruptCatch(Tcl_Interp *interp);

/* While `proc` is set (the prompt waits for a line), a signal calls it, at a safe point,
 * and cancels only what `interp` evaluates meanwhile, a callback.  It is over with
 * WeirInterruptClear.  NULL: as before. */
void WeirInterruptWhileIdle(void (*proc)(void *data), void *data);

/* The signal that cancelled the script, or would have if it had not just ended, since the
 * program started or Clear was called; 0: none. */
int WeirInterruptPending(void);
void WeirInterruptClear(void);

#endif
