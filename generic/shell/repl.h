/* The loop that reads commands from standard input: a plain prompt when that is a
 * terminal. Events are served while it waits for input. */
#ifndef WEIR_REPL_H
#define WEIR_REPL_H
#include <tcl.h>

/* Run until end of input, SIGTERM or SIGHUP; at a terminal Ctrl-C only cancels the
 * command that runs.  Returns the exit status. */
int WeirReplRun(Tcl_Interp *interp, int terminal);

/* The message of an error as it is printed: an unknown command with the one that was
 * probably meant.  The caller's to release; the interpreter's result is kept. */
Tcl_Obj *WeirReplSentence(Tcl_Interp *interp, Tcl_Obj *message);

#endif
