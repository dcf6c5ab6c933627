/* The command `logserver`. */
#ifndef WEIR_LOGSERVERCMD_H
#define WEIR_LOGSERVERCMD_H
#include "tcl/weirTcl.h"

int WeirLogserverCmdInit(Tcl_Interp *interp);

#endif
