/* shell: package initialisation and the programs.
 *
 * This file: the one entry point that Tcl's loader calls.  Every family registers itself.
 */
#include "config.h"
#include "dist/distCmd.h"
#include "flow/flowCmd.h"
#include "log/logCmd.h"
#include "logserver/logserverCmd.h"
#include "plot/plotCmd.h"
#include "plot/plotTkCmd.h"
#include "receiver/receiverCmd.h"
#include "shell/watchCmd.h"
#include "tcl/progress.h"
#include "tcl/result.h"
#include "tcl/weirTcl.h"

DLLEXPORT int Weir_Init(Tcl_Interp *interp);

/* Rows appear as rooms get commands: each registers its family in namespace ::weir. */
static int (*const families[])(Tcl_Interp *) = {
    WeirDistCmdInit,      WeirLogCmdInit,  WeirFlowCmdInit,  WeirReceiverCmdInit,
    WeirLogserverCmdInit, WeirPlotCmdInit, WeirWatchCmdInit, NULL,
};

__attribute__((visibility("default"))) int Weir_Init(Tcl_Interp *interp)
{
    int i;
    if (!Tcl_InitStubs(interp, "8.6-", 0))
        return TCL_ERROR;
    if (!Tcl_CreateNamespace(interp, "::weir", NULL, NULL))
        return TCL_ERROR;
    WeirResultInit(interp);
    WeirProgressInit(interp);
    for (i = 0; families[i]; i++)
        if (families[i](interp) != TCL_OK)
            return TCL_ERROR;
    return Tcl_PkgProvideEx(interp, "weir", PACKAGE_VERSION, &weirPlotTk);
}
