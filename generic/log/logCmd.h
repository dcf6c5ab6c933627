/* The command `log`. */
#ifndef WEIR_LOGCMD_H
#define WEIR_LOGCMD_H
#include "tcl/weirTcl.h"

int WeirLogCmdInit(Tcl_Interp *interp);

#endif
