/* What the files of the command `log` share; private to this room. */
#ifndef WEIR_LOGSHARECMD_H
#define WEIR_LOGSHARECMD_H
#include "log/reader.h"
#include "tcl/opt.h"
#include "tcl/result.h"
#include "tcl/source.h"

extern const char weirLogRoom[]; /* "LOG", in error codes */
extern const WeirOpt weirLogSummaryOptions[], weirLogSeriesOptions[],
    weirLogDecodeOptions[];

Tcl_ObjCmdProc WeirLogSummaryCmd, WeirLogSeriesCmd, WeirLogDecodeCmd;

/* The columns of a series: key, and the member (double) of a WeirSeriesPoint; the time is
 * the first.  Ends with a NULL key. */
typedef struct WeirLogColumn {
    const char *key;
    size_t offset;
} WeirLogColumn;
extern const WeirLogColumn weirLogColumns[];

/* What other families draw of a log. */
extern const WeirSource weirLogSource;

/* The file name of a word as the system wants it, valid while the word is; NULL and an
 * error in the interpreter when it has none. */
const char *WeirLogPath(Tcl_Interp *interp, Tcl_Obj *name);

/* Add the keys id, source, destination. */
void WeirLogFlowKeys(WeirResult *result, const WeirLogFlowInfo *flow);

/* A unit in which numbers up to `largest` read well: what a WeirColumn needs. */
typedef struct WeirLogUnit {
    const char *name;
    double scale;
    int decimals;
} WeirLogUnit;
WeirLogUnit WeirLogTimeUnit(double largestSeconds);
WeirLogUnit WeirLogRateUnit(double largestBps);

#endif
