/* What the command `watch` of library/watch.tcl has in C: its options, and the seconds of
 * a duration. */
#ifndef WEIR_WATCHCMD_H
#define WEIR_WATCHCMD_H
#include "tcl/weirTcl.h"

int WeirWatchCmdInit(Tcl_Interp *interp);

#endif
