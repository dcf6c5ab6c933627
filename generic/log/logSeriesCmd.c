/* log series: what a file holds over time, as lists ready for plot. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "log/logShareCmd.h"
#include "log/series.h"

typedef struct Options {
    int format;
    int64_t intervalNs, flow;
} Options;

const WeirOpt weirLogSeriesOptions[] = {
    { "-interval", WEIR_O_DURATION, offsetof(Options, intervalNs), "100ms", "s",
      "length of an interval", .min = 1e-6, .max = 1e6 },
    { "-flow", WEIR_O_WIDE, offsetof(Options, flow), "-1", "",
      "only flows with this id; -1: all", .min = -1, .max = 4294967295.0, .value = "ID" },
    WEIR_FORMAT_ROW(offsetof(Options, format)),
    { NULL }
};

const WeirLogColumn weirLogColumns[] = {
    { "time", offsetof(WeirSeriesPoint, time) },
    { "bitRate", offsetof(WeirSeriesPoint, bitRate) },
    { "packetRate", offsetof(WeirSeriesPoint, packetRate) },
    { "delay", offsetof(WeirSeriesPoint, delay) },
    { "jitter", offsetof(WeirSeriesPoint, jitter) },
    { "loss", offsetof(WeirSeriesPoint, loss) },
    { NULL, 0 }
};

enum { COLUMNS = sizeof weirLogColumns / sizeof *weirLogColumns - 1 };

static double Value(const WeirSeriesPoint *point, const WeirLogColumn *column)
{
    return *(const double *)((const char *)point + column->offset);
}

/* ------------------------------------------------------------ dict and JSON */

static int AddColumns(WeirResult *r, const WeirLogSeries *series, uint32_t which)
{
    size_t count = WeirLogSeriesPoints(series, which), i;
    double *values = malloc((count + 1) * sizeof *values);
    int c;
    if (!values)
        return WEIR_E_MEMORY;
    for (c = 0; c < COLUMNS; c++) {
        for (i = 0; i < count; i++) {
            WeirSeriesPoint point = WeirLogSeriesPoint(series, which, i);
            values[i] = Value(&point, &weirLogColumns[c]);
        }
        WeirResultReals(r, weirLogColumns[c].key, values, count);
    }
    free(values);
    return WEIR_OK;
}

static int ReturnData(Tcl_Interp *interp, const WeirLogSeries *series, const Options *o)
{
    WeirResult *result = WeirResultNew(), *flows;
    uint32_t which, last = WeirLogSeriesCount(series) - 1;
    int rc = WEIR_OK;
    WeirResultReal(result, "interval", (double)o->intervalNs / 1e9);
    flows = WeirResultList(result, "flows");
    for (which = 0; which < last && rc == WEIR_OK; which++) {
        WeirResult *flow = WeirResultDict(flows, NULL);
        WeirLogFlowKeys(flow, WeirLogSeriesFlow(series, which));
        rc = AddColumns(flow, series, which);
    }
    if (rc == WEIR_OK)
        rc = AddColumns(WeirResultDict(result, "total"), series, last);
    if (rc < 0) {
        WeirResultFree(result);
        return WeirTclFail(interp, weirLogRoom, rc, "out of memory for the series");
    }
    return WeirResultReturn(interp, result, (WeirFormat)o->format);
}

/* ------------------------------------------------------------ CSV */

/* One row per flow and interval; no sums, so that rows can be added up. */
static int ReturnCsv(Tcl_Interp *interp, const WeirLogSeries *series)
{
    Tcl_Obj *out =
        Tcl_NewStringObj("flow,source,destination,time,bitRate,packetRate,delay,jitter,"
                         "loss\n",
                         -1);
    uint32_t which, last = WeirLogSeriesCount(series) - 1;
    size_t i;
    int c;
    char src[WEIR_LOG_END_TEXT], dst[WEIR_LOG_END_TEXT], number[40];
    for (which = 0; which < last; which++) {
        const WeirLogFlowInfo *flow = WeirLogSeriesFlow(series, which);
        WeirLogFlowEnd(flow->src, flow->srcPort, src);
        WeirLogFlowEnd(flow->dst, flow->dstPort, dst);
        for (i = 0; i < WeirLogSeriesPoints(series, which); i++) {
            WeirSeriesPoint point = WeirLogSeriesPoint(series, which, i);
            Tcl_AppendPrintfToObj(out, "%u,%s,%s", (unsigned)flow->id, src, dst);
            for (c = 0; c < COLUMNS; c++) {
                double value = Value(&point, &weirLogColumns[c]);
                snprintf(number, sizeof number, isnan(value) ? "," : ",%.15g", value);
                Tcl_AppendToObj(out, number, -1);
            }
            Tcl_AppendToObj(out, "\n", 1);
        }
    }
    Tcl_SetObjResult(interp, out);
    return TCL_OK;
}

/* ------------------------------------------------------------ text */

typedef struct Heads { /* of the table's columns, with units that fit the whole file */
    WeirColumn columns[COLUMNS + 1];
    char delay[24], jitter[24];
} Heads;

static void ChooseHeads(Heads *h, const WeirLogSeries *series, int64_t intervalNs)
{
    uint32_t which;
    size_t i;
    double bitRate = 0, delay = NAN;
    WeirLogUnit rate, unit;
    int decimals = 0;
    for (which = 0; which < WeirLogSeriesCount(series); which++)
        for (i = 0; i < WeirLogSeriesPoints(series, which); i++) {
            WeirSeriesPoint point = WeirLogSeriesPoint(series, which, i);
            bitRate = fmax(bitRate, point.bitRate);
            delay = fmax(delay, point.delay);
        }
    while (decimals < 6 && intervalNs % (int64_t)pow(10, 9 - decimals) != 0)
        decimals++;
    rate = WeirLogRateUnit(bitRate);
    unit = WeirLogTimeUnit(delay);
    snprintf(h->delay, sizeof h->delay, "delay %s", unit.name);
    snprintf(h->jitter, sizeof h->jitter, "jitter %s", unit.name);
    h->columns[0] = (WeirColumn){ "time", "time s", 1, decimals };
    h->columns[1] = (WeirColumn){ "bitRate", rate.name, rate.scale, rate.decimals };
    h->columns[2] = (WeirColumn){ "packetRate", "pkt/s", 1, 1 };
    h->columns[3] = (WeirColumn){ "delay", h->delay, unit.scale, unit.decimals };
    h->columns[4] = (WeirColumn){ "jitter", h->jitter, unit.scale, unit.decimals };
    h->columns[5] = (WeirColumn){ "loss", "lost", 1, 0 };
    h->columns[6] = (WeirColumn){ NULL, NULL, 0, 0 };
}

static void AppendOne(Tcl_Obj *out, const WeirLogSeries *series, uint32_t which,
                      const Heads *heads)
{
    WeirResult *table = WeirResultNew(), *rows = WeirResultList(table, "rows");
    const WeirLogFlowInfo *flow = WeirLogSeriesFlow(series, which);
    char src[WEIR_LOG_END_TEXT], dst[WEIR_LOG_END_TEXT];
    Tcl_Obj *text;
    size_t i;
    int c;
    for (i = 0; i < WeirLogSeriesPoints(series, which); i++) {
        WeirSeriesPoint point = WeirLogSeriesPoint(series, which, i);
        WeirResult *row = WeirResultDict(rows, NULL);
        for (c = 0; c < COLUMNS; c++)
            WeirResultReal(row, weirLogColumns[c].key, Value(&point, &weirLogColumns[c]));
    }
    if (flow)
        Tcl_AppendPrintfToObj(out, "Flow %u, %s to %s\n", (unsigned)flow->id,
                              WeirLogFlowEnd(flow->src, flow->srcPort, src),
                              WeirLogFlowEnd(flow->dst, flow->dstPort, dst));
    else
        Tcl_AppendToObj(out, "\n\nAll flows\n", -1);
    text = WeirResultTable(rows, heads->columns);
    Tcl_IncrRefCount(text);
    Tcl_AppendObjToObj(out, text);
    Tcl_DecrRefCount(text);
    WeirResultFree(table);
}

static Tcl_Obj *AsText(const WeirLogSeries *series, const Options *o)
{
    Tcl_Obj *out = Tcl_NewObj();
    uint32_t which, flows = WeirLogSeriesCount(series) - 1;
    Heads heads;
    ChooseHeads(&heads, series, o->intervalNs);
    for (which = 0; which < flows; which++) {
        if (which > 0)
            Tcl_AppendToObj(out, "\n\n", 2);
        AppendOne(out, series, which, &heads);
    }
    if (flows > 1)
        AppendOne(out, series, flows, &heads);
    return out;
}

/* ------------------------------------------------------------ the command */

int WeirLogSeriesCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Options o = { 0 };
    WeirSeriesOpts opts;
    WeirLogSeries *series;
    WeirErr err;
    const char *path;
    int rc;
    if (WeirOptRead(interp, weirLogRoom, weirLogSeriesOptions, &o, sizeof o, objc - 2,
                    objv + 2, NULL) != TCL_OK ||
        !(path = WeirLogPath(interp, objv[1])))
        return TCL_ERROR;
    opts = (WeirSeriesOpts){ o.intervalNs, o.flow >= 0, (uint32_t)o.flow };
    if (WeirLogSeriesRead(path, &opts, &series, &err) < 0)
        return WeirTclError(interp, weirLogRoom, &err);
    rc = TCL_OK;
    if (o.format == WEIR_FORMAT_TEXT)
        Tcl_SetObjResult(interp, AsText(series, &o));
    else if (o.format == WEIR_FORMAT_CSV)
        rc = ReturnCsv(interp, series);
    else
        rc = ReturnData(interp, series, &o);
    if (rc == TCL_OK && o.format == WEIR_FORMAT_AUTO && WeirResultPeople(interp))
        WeirResultShow(interp, Tcl_GetObjResult(interp), AsText(series, &o));
    WeirLogSeriesFree(series);
    return rc;
}
