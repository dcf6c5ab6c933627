/* Interrupts: Ctrl-C, SIGTERM and SIGHUP stop the running script at a safe point, so that
 * flows end their signalling and logs are flushed; a second signal, a moment later, ends
 * the process at once.  A signal that is ignored when the program starts (nohup, a
 * background job) stays ignored. */
#ifndef WEIR_INTERRUPT_H
#define WEIR_INTERRUPT_H
#include <tcl.h>

/* From now on a signal cancels what `interp` evaluates.  Call once, in its thread. */
void WeirInterruptCatch(Tcl_Interp *interp);

/* The first signal since the program started or Clear was called; 0: none. */
int WeirInterruptPending(void);
void WeirInterruptClear(void);

#endif
