/* The command `dist`, and distributions as values of options. */
#ifndef WEIR_DISTCMD_H
#define WEIR_DISTCMD_H
#include "tcl/opt.h"

int WeirDistCmdInit(Tcl_Interp *interp);

/* For rows of kind WEIR_O_TYPE; the field is a WeirDist *. */
extern const WeirOptType weirDistOptType;

#endif
