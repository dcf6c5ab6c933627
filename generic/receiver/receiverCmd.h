/* The command `receiver`. */
#ifndef WEIR_RECEIVERCMD_H
#define WEIR_RECEIVERCMD_H
#include "tcl/weirTcl.h"

int WeirReceiverCmdInit(Tcl_Interp *interp);

#endif
