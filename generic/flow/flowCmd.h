/* The command `flow`. */
#ifndef WEIR_FLOWCMD_H
#define WEIR_FLOWCMD_H
#include "tcl/weirTcl.h"

int WeirFlowCmdInit(Tcl_Interp *interp);

#endif
