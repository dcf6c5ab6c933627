/* The command `log`: record files.  This file: the family, foreach, export. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "log/export.h"
#include "log/logCmd.h"
#include "log/logShareCmd.h"

const char weirLogRoom[] = "LOG";

const char *WeirLogPath(Tcl_Interp *interp, Tcl_Obj *name)
{
    const char *path = Tcl_FSGetNativePath(name);
    if (!path)
        WeirTclFail(interp, weirLogRoom, WEIR_E_ARG,
                    "\"%.200s\" is not the name of a file on this system",
                    Tcl_GetString(name));
    return path;
}

void WeirLogFlowKeys(WeirResult *result, const WeirLogFlowInfo *flow)
{
    char buf[WEIR_LOG_END_TEXT];
    WeirResultInt(result, "id", flow->id);
    WeirResultText(result, "source", WeirLogFlowEnd(flow->src, flow->srcPort, buf));
    WeirResultText(result, "destination", WeirLogFlowEnd(flow->dst, flow->dstPort, buf));
}

/* ------------------------------------------------------------ numbers for people */

WeirLogUnit WeirLogTimeUnit(double largestSeconds)
{
    static const WeirLogUnit units[] = { { "s", 1, 6 },
                                         { "ms", 1e3, 3 },
                                         { "us", 1e6, 1 } };
    return units[largestSeconds < 1e-3 ? 2 : largestSeconds < 1 ? 1 : 0];
}

WeirLogUnit WeirLogRateUnit(double largestBps)
{
    static const WeirLogUnit units[] = { { "bit/s", 1, 0 },
                                         { "kbit/s", 1e-3, 1 },
                                         { "Mbit/s", 1e-6, 2 },
                                         { "Gbit/s", 1e-9, 3 } };
    return units[largestBps < 1e3 ? 0 : largestBps < 1e6 ? 1 : largestBps < 1e9 ? 2 : 3];
}

/* ------------------------------------------------------------ log foreach */

enum { KEYS = 9 };

static const char *const keyNames[KEYS] = { "flow", "source", "destination",
                                            "seq",  "size",   "txNs",
                                            "rxNs", "delay",  "valid" };

/* One running loop.  It lives across evaluations of the body, so that the body may yield
 * in a coroutine. */
typedef struct Loop {
    Tcl_Obj *var, *body;
    WeirLogReader *reader;
    const WeirLogItem *items;
    int count, at;
    Tcl_Obj *keys[KEYS];
    Tcl_Obj *source, *destination; /* of the flow `flow` */
    int64_t flow;
} Loop;

static void SetObj(Tcl_Obj **slot, Tcl_Obj *obj)
{
    if (obj)
        Tcl_IncrRefCount(obj);
    if (*slot)
        Tcl_DecrRefCount(*slot);
    *slot = obj;
}

static void LoopFree(Loop *loop)
{
    int i;
    for (i = 0; i < KEYS; i++)
        SetObj(&loop->keys[i], NULL);
    SetObj(&loop->source, NULL);
    SetObj(&loop->destination, NULL);
    SetObj(&loop->var, NULL);
    SetObj(&loop->body, NULL);
    WeirLogReaderClose(loop->reader);
    free(loop);
}

/* Addresses are made once per run of records of a flow. */
static void UseFlow(Loop *loop, uint32_t flow)
{
    const WeirLogFlowInfo *info = WeirLogReaderFlow(loop->reader, flow);
    char buf[WEIR_LOG_END_TEXT];
    if (loop->flow == flow)
        return;
    loop->flow = flow;
    SetObj(&loop->source,
           Tcl_NewStringObj(WeirLogFlowEnd(info->src, info->srcPort, buf), -1));
    SetObj(&loop->destination,
           Tcl_NewStringObj(WeirLogFlowEnd(info->dst, info->dstPort, buf), -1));
}

static Tcl_Obj *RecordDict(Loop *loop, const WeirLogItem *item)
{
    Tcl_Obj *dict = Tcl_NewDictObj(), *values[KEYS];
    int64_t delayNs = item->rxNs - item->txNs;
    int i;
    UseFlow(loop, item->flow);
    values[0] = Tcl_NewWideIntObj(WeirLogReaderFlow(loop->reader, item->flow)->id);
    values[1] = loop->source;
    values[2] = loop->destination;
    values[3] = Tcl_NewWideIntObj(item->seq);
    values[4] = Tcl_NewWideIntObj(item->size);
    values[5] = item->valid ? Tcl_NewWideIntObj(item->txNs) : Tcl_NewObj();
    values[6] = item->valid ? Tcl_NewWideIntObj(item->rxNs) : Tcl_NewObj();
    values[7] = item->valid ? Tcl_NewDoubleObj((double)delayNs / 1e9) : Tcl_NewObj();
    values[8] = Tcl_NewIntObj(item->valid);
    for (i = 0; i < KEYS; i++)
        Tcl_DictObjPut(NULL, dict, loop->keys[i], values[i]);
    return dict;
}

static int LoopStep(Tcl_Interp *interp, Loop *loop);

/* After the body: the rules of Tcl's own loops. */
static int LoopBody(void *data[], Tcl_Interp *interp, int result)
{
    Loop *loop = data[0];
    if (result == TCL_OK || result == TCL_CONTINUE)
        return LoopStep(interp, loop);
    if (result == TCL_BREAK) {
        Tcl_ResetResult(interp);
        result = TCL_OK;
    } else if (result == TCL_ERROR) {
        Tcl_AppendObjToErrorInfo(interp,
                                 Tcl_ObjPrintf("\n    (\"log foreach\" body line %d)",
                                               Tcl_GetErrorLine(interp)));
    }
    LoopFree(loop);
    return result;
}

static int LoopStep(Tcl_Interp *interp, Loop *loop)
{
    WeirErr err;
    if (loop->at == loop->count) {
        loop->at = 0;
        loop->count = WeirLogReaderNext(loop->reader, &loop->items, &err);
    }
    if (loop->count > 0 &&
        Tcl_ObjSetVar2(interp, loop->var, NULL,
                       RecordDict(loop, &loop->items[loop->at++]), TCL_LEAVE_ERR_MSG)) {
        Tcl_NRAddCallback(interp, LoopBody, loop, NULL, NULL, NULL);
        return Tcl_NREvalObj(interp, loop->body, 0);
    }
    if (loop->count < 0) {
        WeirTclError(interp, weirLogRoom, &err);
    } else if (loop->count == 0) {
        Tcl_ResetResult(interp);
        LoopFree(loop);
        return TCL_OK;
    }
    LoopFree(loop);
    return TCL_ERROR;
}

static int ForeachNr(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Loop *loop;
    WeirLogReader *reader;
    const char *path;
    WeirErr err;
    int i;
    if (objc != 4)
        return WeirTclUsage(interp, weirLogRoom, objv, 1, "VARNAME FILE BODY", NULL);
    if (!(path = WeirLogPath(interp, objv[2])))
        return TCL_ERROR;
    if (WeirLogReaderOpen(path, &reader, &err) < 0)
        return WeirTclError(interp, weirLogRoom, &err);
    loop = calloc(1, sizeof *loop);
    if (!loop) {
        WeirLogReaderClose(reader);
        return WeirTclFail(interp, weirLogRoom, WEIR_E_MEMORY, "out of memory");
    }
    loop->reader = reader;
    loop->flow = -1;
    SetObj(&loop->var, objv[1]);
    SetObj(&loop->body, objv[3]);
    for (i = 0; i < KEYS; i++)
        SetObj(&loop->keys[i], Tcl_NewStringObj(keyNames[i], -1));
    return LoopStep(interp, loop);
}

static int ForeachCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Tcl_NRCallObjProc(interp, ForeachNr, data, objc, objv);
}

/* ------------------------------------------------------------ log export */

static const char *const exportNames[] = { "text", "octave", "csv", "json", NULL };

typedef struct ExportOptions {
    int format;
} ExportOptions;

static const WeirOpt exportOptions[] = {
    { "-format", WEIR_O_ENUM, offsetof(ExportOptions, format), "text", "",
      "text and octave are ITGDec's -l and -o", .choices = exportNames },
    { NULL }
};

static int ExportCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    ExportOptions o = { 0 };
    const char *path, *out;
    int64_t records;
    WeirErr err;
    if (WeirOptRead(interp, weirLogRoom, exportOptions, &o, sizeof o, objc - 3, objv + 3,
                    NULL) != TCL_OK ||
        !(path = WeirLogPath(interp, objv[1])) || !(out = WeirLogPath(interp, objv[2])))
        return TCL_ERROR;
    if (WeirLogExport(path, out, (WeirExportFormat)o.format, &records, &err) < 0)
        return WeirTclError(interp, weirLogRoom, &err);
    Tcl_SetObjResult(interp, Tcl_NewWideIntObj(records));
    return TCL_OK;
}

/* ------------------------------------------------------------ the family */

static const WeirSubcommand subcommands[] = {
    { "summary", WeirLogSummaryCmd, 1, -1, "FILE", "the figures of a record file",
      weirLogSummaryOptions },
    { "series", WeirLogSeriesCmd, 1, -1, "FILE",
      "rates, delay, jitter and loss per interval", weirLogSeriesOptions },
    { "foreach", ForeachCmd, 3, 3, "VARNAME FILE BODY", "run a script for every record" },
    { "export", ExportCmd, 2, -1, "FILE OUT", "write the records as text",
      exportOptions },
    { "decode", WeirLogDecodeCmd, 1, -1, "FILE ?-option value ...?",
      "write what ITGDec writes, in one pass", weirLogDecodeOptions },
    { NULL }
};

int WeirLogCmdInit(Tcl_Interp *interp)
{
    WeirSourceOffer(interp, &weirLogSource);
    if (WeirFamilyCreate(interp, "log", subcommands, NULL) != TCL_OK)
        return TCL_ERROR;
    /* Again, so that a coroutine may yield within the body. */
    Tcl_NRCreateCommand(interp, "::weir::log::foreach", ForeachCmd, ForeachNr, NULL,
                        NULL);
    return TCL_OK;
}
