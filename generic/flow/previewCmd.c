/* flow preview: what a flow would send, without sending it. */
#include "config.h"
#include "flow/flowShareCmd.h"
#include "flow/schedule.h"

enum { COUNT_MAX = 10000000 };
#define NEVER_NS (INT64_MAX / 2)

/* The schedule of the flow's options and timeline, started at 0. */
static int Begin(Tcl_Interp *interp, const FlowObject *fo, WeirSchedule *s)
{
    WeirChange *plan;
    WeirErr err;
    if (WeirScheduleInit(s, &fo->options.spec, (uint32_t)fo->options.spec.id, &err) < 0 ||
        WeirChangesCopy(fo->plan, &plan, &err) < 0)
        return WeirTclError(interp, ROOM, &err);
    WeirSchedulePlan(s, plan);
    WeirScheduleStart(s, 0);
    return TCL_OK;
}

static Tcl_Obj *Draw(WeirSchedule *s, Tcl_WideInt count)
{
    Tcl_Obj *dict = Tcl_NewDictObj();
    Tcl_Obj *times = Tcl_NewListObj(0, NULL), *sizes = Tcl_NewListObj(0, NULL);
    int64_t nowNs;
    while (count > 0 && (nowNs = WeirScheduleNext(s)) < NEVER_NS &&
           !WeirScheduleOver(s, nowNs)) {
        WeirDuePacket p;
        if (!WeirScheduleDue(s, nowNs))
            continue; /* a change was carried out */
        p = WeirScheduleDraw(s, nowNs);
        Tcl_ListObjAppendElement(NULL, times, Tcl_NewDoubleObj((double)p.dueNs / 1e9));
        Tcl_ListObjAppendElement(NULL, sizes, Tcl_NewWideIntObj(p.size));
        count--;
    }
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("time", -1), times);
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("size", -1), sizes);
    return dict;
}

/* flow preview NAME ?COUNT? */
int WeirFlowPreviewCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirSchedule s = { 0 };
    WeirObject *object;
    Tcl_WideInt count = 1000;
    int rc;
    object = WeirObjectFind(interp, &weirFlowClass, objv[1]);
    if (!object)
        return TCL_ERROR;
    if (objc == 3 && (Tcl_GetWideIntFromObj(NULL, objv[2], &count) != TCL_OK ||
                      count < 0 || count > COUNT_MAX))
        return WeirTclFail(
            interp, ROOM, WEIR_E_ARG,
            "count \"%.40s\" is not accepted: use a whole number from 0 to %d",
            Tcl_GetString(objv[2]), (int)COUNT_MAX);
    rc = Begin(interp, WeirObjectImpl(object), &s);
    if (rc == TCL_OK)
        Tcl_SetObjResult(interp, Draw(&s, count));
    WeirScheduleFree(&s);
    return rc;
}
