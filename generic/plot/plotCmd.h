/* The command family `plot`: figures as objects. */
#ifndef WEIR_PLOTCMD_H
#define WEIR_PLOTCMD_H
#include "tcl/weirTcl.h"

/* Registers the family in `interp`. */
int WeirPlotCmdInit(Tcl_Interp *interp);

#endif
