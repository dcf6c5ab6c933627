/* The words of `watch`, which library/watch.tcl carries out. */
#include "config.h"
#include "base/clock.h"
#include "shell/watchCmd.h"
#include "tcl/opt.h"
#include "tcl/publish.h"
#include "tcl/value.h"

typedef struct Options {
    int64_t intervalNs;
} Options;

static const WeirOpt watchOptions[] = { { .name = "-interval",
                                          .kind = WEIR_O_DURATION,
                                          .offset = offsetof(Options, intervalNs),
                                          .def = "1s",
                                          .unit = "s",
                                          .min = 0.02,
                                          .max = 86400,
                                          .help = "time between two refreshes" },
                                        { .name = NULL } };

/* ?NAME ...? ?-interval D?: the names and the milliseconds, for watch.tcl. */
static int WordsCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Options o = { 0 };
    Tcl_Obj *answer[2];
    WeirObject *object;
    int i, names = 1;
    while (names < objc && *Tcl_GetString(objv[names]) != '-')
        names++;
    if (WeirOptRead(interp, "WATCH", watchOptions, &o, sizeof o, objc - names,
                    objv + names, NULL) != TCL_OK)
        return TCL_ERROR;
    answer[0] = Tcl_NewListObj(0, NULL);
    for (i = 1; i < names; i++) {
        object = WeirObjectFindAny(interp, "WATCH", objv[i]);
        if (!object) {
            Tcl_DecrRefCount(answer[0]);
            return TCL_ERROR;
        }
        Tcl_ListObjAppendElement(NULL, answer[0], WeirObjectName(object));
    }
    answer[1] = Tcl_NewWideIntObj(o.intervalNs / WEIR_NS_PER_MS);
    Tcl_SetObjResult(interp, Tcl_NewListObj(2, answer));
    return TCL_OK;
}

/* weir::Seconds DURATION */
static int SecondsCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    int64_t ns;
    WeirErr err;
    if (objc != 2)
        return WeirTclUsage(interp, "WATCH", objv, 1, "DURATION", NULL);
    if (WeirParseDuration(Tcl_GetString(objv[1]), &ns, &err) < 0)
        return WeirTclError(interp, "WATCH", &err);
    Tcl_SetObjResult(interp, Tcl_NewDoubleObj((double)ns / 1e9));
    return TCL_OK;
}

int WeirWatchCmdInit(Tcl_Interp *interp)
{
    if (!Tcl_CreateNamespace(interp, "::weir::watch", NULL, NULL))
        return TCL_ERROR;
    Tcl_CreateObjCommand(interp, "::weir::watch::Words", WordsCmd, NULL, NULL);
    Tcl_CreateObjCommand(interp, "::weir::Seconds", SecondsCmd, NULL, NULL);
    WeirPublish(interp, WEIR_P_OPTIONS, "watch", watchOptions);
    return TCL_OK;
}
