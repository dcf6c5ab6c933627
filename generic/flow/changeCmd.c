/* Options of a flow that change while it runs: `configure`, and the timelines of `flow
 * schedule`. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "flow/flowShareCmd.h"
#include "tcl/value.h"

/* What can change, and the part of a change that it is.  -command is the object's own. */
static const struct {
    const char *option;
    unsigned given;
} changeable[] = {
    { "-idt", WEIR_CHANGE_IDT },         { "-rate", WEIR_CHANGE_RATE },
    { "-ps", WEIR_CHANGE_PS },           { "-duration", WEIR_CHANGE_DURATION },
    { "-packets", WEIR_CHANGE_PACKETS }, { "-bytes", WEIR_CHANGE_BYTES },
    { "-spin", WEIR_CHANGE_SPIN }
};

enum { CHANGEABLE = sizeof changeable / sizeof *changeable };

static unsigned GivenBy(const WeirOpt *row)
{
    int i;
    for (i = 0; i < CHANGEABLE; i++)
        if (strcmp(changeable[i].option, row->name) == 0)
            return changeable[i].given;
    return 0;
}

/* What words change of the options that a run can take.  A new -idt replaces a rate that
 * was given before. */
static unsigned Given(Tcl_Interp *interp, FlowOptions *options, int objc,
                      Tcl_Obj *const words[])
{
    unsigned given = 0;
    int i;
    for (i = 0; i < objc; i += 2)
        given |= GivenBy(WeirOptFind(interp, ROOM, weirFlowOptions, words[i]));
    if ((given & WEIR_CHANGE_IDT) && !(given & WEIR_CHANGE_RATE))
        options->spec.ratePps = 0;
    return given;
}

/* The given options with their values, as a list with a reference. */
static Tcl_Obj *InWords(const FlowOptions *options, unsigned given)
{
    Tcl_Obj *list = Tcl_NewListObj(0, NULL);
    const WeirOpt *row;
    Tcl_IncrRefCount(list);
    for (row = weirFlowOptions; row->name; row++) {
        if (!(GivenBy(row) & given))
            continue;
        Tcl_ListObjAppendElement(NULL, list, Tcl_NewStringObj(row->name, -1));
        Tcl_ListObjAppendElement(NULL, list, WeirOptGet(row, options));
    }
    return list;
}

/* ------------------------------------------------------------ configure */

int WeirFlowMayChange(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    int i;
    if (!WeirFlowBusy(impl))
        return TCL_OK;
    for (i = 0; i < objc; i += 2) {
        const WeirOpt *row = WeirOptFind(interp, ROOM, weirFlowOptions, words[i]);
        if (!row)
            return TCL_ERROR;
        if (!GivenBy(row) && strcmp(row->name, "-command") != 0)
            return WeirTclFail(
                interp, ROOM, WEIR_E_STATE,
                "option %s cannot change while the flow runs: stop it first", row->name);
    }
    return TCL_OK;
}

int WeirFlowChanged(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[])
{
    FlowObject *fo = impl;
    unsigned given = Given(interp, &fo->options, objc, words);
    Tcl_Obj *text;
    WeirErr err;
    int rc;
    if (!WeirFlowBusy(fo) || !given)
        return TCL_OK;
    text = InWords(&fo->options, given);
    rc = WeirFlowChange(fo->run, &fo->options.spec, given, Tcl_GetString(text), &err);
    Tcl_DecrRefCount(text);
    return rc < 0 ? WeirTclError(interp, ROOM, &err) : TCL_OK;
}

/* ------------------------------------------------------------ timelines */

/* One step's time; each is later than the one before. */
static int StepTime(Tcl_Interp *interp, Tcl_Obj *word, const WeirChange *before,
                    int64_t *atNs)
{
    char earlier[WEIR_VALUE_TEXT];
    WeirErr err;
    if (WeirParseDuration(Tcl_GetString(word), atNs, &err) < 0)
        return WeirTclError(interp, ROOM, &err);
    if (before && *atNs <= before->atNs)
        return WeirTclFail(interp, ROOM, WEIR_E_ARG,
                           "the times of a schedule rise: %.40s does not come after %s",
                           Tcl_GetString(word), WeirPrintDuration(before->atNs, earlier));
    return TCL_OK;
}

/* One step from its options, which are read into a record of their own. */
static int StepChange(Tcl_Interp *interp, Tcl_Obj *time, int objc, Tcl_Obj *const words[],
                      int64_t atNs, WeirChange **out)
{
    FlowOptions options = { 0 };
    unsigned given;
    WeirErr err;
    Tcl_Obj *text;
    int i, rc = TCL_OK;
    if (objc == 0)
        return WeirTclFail(interp, ROOM, WEIR_E_ARG,
                           "the step at %.40s is empty: give options and values",
                           Tcl_GetString(time));
    for (i = 0; i < objc; i += 2) {
        const WeirOpt *row = WeirOptFind(interp, ROOM, weirFlowOptions, words[i]);
        if (!row)
            return TCL_ERROR;
        if (!GivenBy(row))
            return WeirTclFail(interp, ROOM, WEIR_E_ARG,
                               "option %s cannot be scheduled: use -idt, -rate, -ps, "
                               "-duration, -packets, -bytes or -spin",
                               row->name);
    }
    if (WeirOptRead(interp, ROOM, weirFlowOptions, &options, sizeof options, objc, words,
                    WeirFlowCheckOptions) != TCL_OK)
        return TCL_ERROR;
    given = Given(interp, &options, objc, words);
    text = InWords(&options, given);
    if (WeirChangeNew(&options.spec, given, atNs, Tcl_GetString(text), out, &err) < 0)
        rc = WeirTclError(interp, ROOM, &err);
    Tcl_DecrRefCount(text);
    WeirOptFree(weirFlowOptions, &options);
    return rc;
}

static int ParseTimeline(Tcl_Interp *interp, Tcl_Obj *timeline, WeirChange **out)
{
    WeirChange **tail = out, *before = NULL;
    Tcl_Obj **words, **options;
    Tcl_Size count, pairs, i;
    int64_t atNs;
    *out = NULL;
    if (Tcl_ListObjGetElements(NULL, timeline, &count, &words) != TCL_OK || count % 2)
        return WeirTclFail(interp, ROOM, WEIR_E_ARG,
                           "a schedule is a list of times and options: {2s {-rate 2000} "
                           "4s {-ps 100}}");
    for (i = 0; i < count; i += 2, before = *tail, tail = &before->next) {
        if (Tcl_ListObjGetElements(NULL, words[i + 1], &pairs, &options) != TCL_OK)
            WeirTclFail(interp, ROOM, WEIR_E_ARG,
                        "the options of the step at %.40s are no list",
                        Tcl_GetString(words[i]));
        else if (StepTime(interp, words[i], before, &atNs) == TCL_OK &&
                 StepChange(interp, words[i], (int)pairs, options, atNs, tail) == TCL_OK)
            continue;
        WeirChangesFree(*out);
        *out = NULL;
        return TCL_ERROR;
    }
    return TCL_OK;
}

static Tcl_Obj *TimelineObj(const WeirChange *plan)
{
    Tcl_Obj *list = Tcl_NewListObj(0, NULL);
    char time[WEIR_VALUE_TEXT];
    for (; plan; plan = plan->next) {
        Tcl_ListObjAppendElement(
            NULL, list, Tcl_NewStringObj(WeirPrintDuration(plan->atNs, time), -1));
        Tcl_ListObjAppendElement(NULL, list, Tcl_NewStringObj(plan->note->text, -1));
    }
    return list;
}

int WeirFlowScheduleCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirObject *object;
    FlowObject *fo;
    WeirChange *plan;
    WeirErr err;
    object = WeirObjectFind(interp, &weirFlowClass, objv[1]);
    if (!object)
        return TCL_ERROR;
    fo = WeirObjectImpl(object);
    if (objc == 2) {
        Tcl_SetObjResult(interp, TimelineObj(fo->plan));
        return TCL_OK;
    }
    if (ParseTimeline(interp, objv[2], &plan) != TCL_OK)
        return TCL_ERROR;
    if (WeirFlowBusy(fo) && WeirFlowPlan(fo->run, plan, &err) < 0) {
        WeirChangesFree(plan);
        return WeirTclError(interp, ROOM, &err);
    }
    WeirChangesFree(fo->plan);
    fo->plan = plan;
    return TCL_OK;
}

/* ------------------------------------------------------------ what has changed */

Tcl_Obj *WeirFlowChangedDict(const char *text)
{
    Tcl_Obj *dict = Tcl_NewDictObj();
    char *options;
    double seconds = strtod(text, &options);
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("time", -1), Tcl_NewDoubleObj(seconds));
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("options", -1),
                   Tcl_NewStringObj(options + 1, -1));
    return dict;
}

static void AddChange(void *list, double seconds, const char *text)
{
    WeirResult *change = WeirResultDict(list, NULL);
    WeirResultReal(change, "time", seconds);
    WeirResultText(change, "options", text);
}

void WeirFlowChangesResult(WeirResult *result, WeirFlow *run)
{
    WeirResult *list = WeirResultList(result, "changes");
    if (run)
        WeirFlowChanges(run, AddChange, list);
}
