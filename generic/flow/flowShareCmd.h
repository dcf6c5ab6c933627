/* What the command files of family `flow` share; private to them. */
#ifndef WEIR_FLOWSHARECMD_H
#define WEIR_FLOWSHARECMD_H
#include "flow/flow.h"
#include "tcl/object.h"
#include "tcl/opt.h"
#include "wire/runtimeCmd.h"

#define ROOM "FLOW"

/* The specification and what only the command knows. */
typedef struct FlowOptions {
    WeirFlowSpec spec;
    Tcl_Obj *command;
} FlowOptions;

typedef struct FlowObject {
    WeirObject *object;
    Tcl_Interp *interp;
    FlowOptions options;
    WeirChange *plan; /* what `flow schedule` has asked for */
    WeirFlow *run;    /* the latest run, NULL before the first */
    int starting;     /* has its place in the group that is being prepared */
} FlowObject;

/* flowCmd.c */
extern const WeirOpt weirFlowOptions[];
extern const WeirClass weirFlowClass;
/* The rules that concern several options. */
int WeirFlowCheckOptions(void *record, WeirErr *err);
/* The keys of `stats`; `run` may be NULL. */
WeirResult *WeirFlowStatsResult(const WeirFlowStats *stats, WeirFlow *run);
/* The figures of a flow that has not run. */
void WeirFlowNoStats(const WeirFlowSpec *spec, WeirFlowStats *out);
/* Whether its run goes on. */
int WeirFlowBusy(const FlowObject *fo);

/* changeCmd.c */
/* Around `configure -option value ...`: the run that goes on takes the change too. */
int WeirFlowMayChange(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[]);
int WeirFlowChanged(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[]);
/* flow schedule NAME ?TIMELINE? */
int WeirFlowScheduleCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
/* The dict of the event `changed` from the event's text. */
Tcl_Obj *WeirFlowChangedDict(const char *text);
/* The key `changes`; `run` may be NULL. */
void WeirFlowChangesResult(WeirResult *result, WeirFlow *run);

/* modelCmd.c: flow model ?NAME ?-option value ...?? */
extern const WeirOpt weirVoipOptions[];
int WeirFlowModelCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
/* previewCmd.c: flow preview NAME ?COUNT? */
int WeirFlowPreviewCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[]);
/* daemonCmd.c, remoteCmd.c: what `flow daemon create` and `flow remote create` make */
extern const WeirClass weirDaemonClass, weirRemoteClass;

#endif
