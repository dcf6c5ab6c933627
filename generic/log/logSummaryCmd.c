/* log summary: a file's figures for people and for programs. */
#include "config.h"
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "itg/tsp.h"
#include "log/logShareCmd.h"
#include "log/summary.h"

enum { CORRECT, COMPATIBLE };
enum { DATE_ROOM = 64 };

static const char *const figureNames[] = { "correct", "compatible", NULL };

typedef struct Options {
    int format, figures, oneFlow;
    int64_t maxFlow;
} Options;

const WeirOpt weirLogSummaryOptions[] = {
    WEIR_FORMAT_ROW(offsetof(Options, format)),
    { "-figures", WEIR_O_ENUM, offsetof(Options, figures), "correct", "",
      "correct, or compatible with ITGDec", .choices = figureNames },
    { "-maxflow", WEIR_O_WIDE, offsetof(Options, maxFlow), "4294967295", "",
      "compatible figures: greater flow ids count as error lines", .min = 0,
      .max = 4294967295.0, .value = "ID" },
    { "-oneflow", WEIR_O_BOOL, offsetof(Options, oneFlow), "0", "",
      "compatible figures: take everything as one flow" },
    { NULL }
};

typedef struct Summary {
    const char *name; /* as the user gave it */
    WeirLogReader *reader;
    WeirCompat *compat; /* one of the two */
    WeirLogStat *stat;
    uint32_t *order; /* of the flows, when the figures are correct */
    WeirLogFileInfo info;
    int64_t invalid;
} Summary;

/* ------------------------------------------------------------ for programs */

static void AddCount(WeirResult *r, const char *key, int64_t count)
{
    if (count < 0)
        WeirResultReal(r, key, NAN);
    else
        WeirResultInt(r, key, count);
}

static void AddFigures(WeirResult *r, const WeirLogFigures *f)
{
    WeirResultInt(r, "packets", f->packets);
    WeirResultInt(r, "bytes", f->bytes);
    WeirResultReal(r, "elapsed", f->elapsed);
    WeirResultReal(r, "packetRate", f->packetRate);
    WeirResultReal(r, "bitRate", f->bitRate);
    AddCount(r, "lost", f->lost);
    WeirResultReal(r, "lossRatio", f->lossRatio);
    AddCount(r, "lossEvents", f->lossEvents);
    AddCount(r, "duplicates", f->duplicates);
    AddCount(r, "reordered", f->reordered);
    WeirResultReal(r, "delayMin", f->delayMin);
    WeirResultReal(r, "delayMean", f->delayMean);
    WeirResultReal(r, "delayMax", f->delayMax);
    WeirResultReal(r, "delayP50", f->delayP50);
    WeirResultReal(r, "delayP95", f->delayP95);
    WeirResultReal(r, "delayP99", f->delayP99);
    WeirResultReal(r, "delayStddev", f->delayStddev);
    WeirResultReal(r, "jitterMean", f->jitterMean);
}

static void AddCompat(WeirResult *r, const WeirCompatFigures *f)
{
    WeirResultInt(r, "packets", (int64_t)f->packets);
    WeirResultInt(r, "bytes", (int64_t)f->bytes);
    WeirResultReal(r, "elapsed", f->totalTime);
    WeirResultReal(r, "packetRate", f->packetRate);
    WeirResultReal(r, "bitRate", f->kbitRate * 1000);
    WeirResultInt(r, "lost", (int64_t)f->lost);
    WeirResultReal(r, "lossRatio", f->lossPercent / 100);
    WeirResultReal(r, "lossBurst", f->lossBurst);
    WeirResultReal(r, "delayMin", f->delayMin);
    WeirResultReal(r, "delayMean", f->delayMean);
    WeirResultReal(r, "delayMax", f->delayMax);
    WeirResultReal(r, "delayStddev", f->delayStddev);
    WeirResultReal(r, "jitterMean", f->jitterMean);
}

static void AddCompatFlows(WeirResult *flows, const Summary *s, bool oneFlow)
{
    uint32_t i;
    for (i = 0; i < WeirCompatFlows(s->compat); i++) {
        WeirCompatFigures figures = WeirCompatFlowFigures(s->compat, i);
        WeirResult *flow = WeirResultDict(flows, NULL);
        if (oneFlow) {
            WeirResultInt(flow, "id", 1);
            WeirResultText(flow, "source", "127.0.0.1:9999");
            WeirResultText(flow, "destination", "127.0.0.1:8999");
        } else {
            WeirLogFlowKeys(flow,
                            WeirLogReaderFlow(s->reader, WeirCompatFlow(s->compat, i)));
        }
        AddCompat(flow, &figures);
    }
}

/* What was remarked of a flow while it was recorded. */
static void AddFlowNotes(WeirResult *flow, const Summary *s, uint32_t index)
{
    uint32_t i, count;
    const WeirLogNote *notes = WeirLogReaderNotes(s->reader, &count);
    WeirResult *list = WeirResultList(flow, "notes");
    for (i = 0; i < count; i++) {
        WeirResult *note;
        if (notes[i].flow != index)
            continue;
        note = WeirResultDict(list, NULL);
        WeirResultInt(note, "timeNs", notes[i].timeNs);
        WeirResultText(note, "text", notes[i].text);
    }
}

static void AddFlows(WeirResult *flows, const Summary *s)
{
    uint32_t at;
    for (at = 0; at < WeirLogReaderFlows(s->reader); at++) {
        uint32_t i = s->order[at];
        const WeirLogFlowInfo *info = WeirLogReaderFlow(s->reader, i);
        WeirLogFigures figures = WeirLogStatFlow(s->stat, i);
        WeirResult *flow = WeirResultDict(flows, NULL);
        WeirLogFlowKeys(flow, info);
        WeirResultText(flow, "proto",
                       info->protocol < 0 ? "" : WeirTransportName(info->protocol));
        WeirResultText(flow, "meter",
                       info->meter < 0                ? ""
                       : info->meter == WEIR_ITG_RTTM ? "rttm"
                                                      : "owdm");
        WeirResultText(flow, "side",
                       info->side < 0    ? ""
                       : info->side == 0 ? "sender"
                                         : "receiver");
        AddFigures(flow, &figures);
        AddFlowNotes(flow, s, i);
    }
}

static void AddFile(WeirResult *r, const Summary *s)
{
    static const char *const formats[] = { "itg", "weir", "text" };
    bool weir = s->info.format == WEIR_LOG_WEIR;
    WeirResultText(r, "file", s->name);
    WeirResultText(r, "format", formats[s->info.format]);
    WeirResultInt(r, "records", s->info.records);
    WeirResultInt(r, "invalid", s->invalid);
    WeirResultInt(r, "partialBytes", s->info.partialBytes);
    WeirResultReal(r, "begun", weir ? (double)s->info.begunNs / 1e9 : NAN);
    AddCount(r, "ended", weir ? s->info.ended : -1);
    AddCount(r, "dropped", s->info.ended ? s->info.dropped : -1);
    if (weir)
        WeirResultInt(r, "seed", (int64_t)s->info.seed);
    else
        WeirResultReal(r, "seed", NAN);
}

static int ReturnData(Tcl_Interp *interp, const Summary *s, const Options *o)
{
    WeirResult *result = WeirResultNew(), *flows, *total;
    AddFile(result, s);
    flows = WeirResultList(result, "flows");
    total = WeirResultDict(result, "total");
    if (s->compat) {
        WeirCompatFigures all = WeirCompatTotals(s->compat);
        AddCompatFlows(flows, s, o->oneFlow);
        AddCompat(total, &all);
    } else {
        WeirLogFigures all = WeirLogStatTotal(s->stat);
        AddFlows(flows, s);
        AddFigures(total, &all);
    }
    if (o->format == WEIR_FORMAT_CSV) { /* one row per flow */
        Tcl_SetObjResult(interp, WeirResultObj(flows, WEIR_FORMAT_CSV));
        WeirResultFree(result);
        return TCL_OK;
    }
    return WeirResultReturn(interp, result, (WeirFormat)o->format);
}

/* ------------------------------------------------------------ for people */

/* A row per flow and, if there is more than one, a row for all. */
static void AddRows(WeirResult *rows, const Summary *s, const WeirLogFigures *all)
{
    WeirResult *row;
    AddFlows(rows, s);
    if (WeirLogReaderFlows(s->reader) < 2)
        return;
    row = WeirResultDict(rows, NULL);
    WeirResultText(row, "id", "all");
    WeirResultText(row, "source", "");
    WeirResultText(row, "destination", "");
    AddFigures(row, all);
}

static void AppendRule(Tcl_Obj *out, size_t width)
{
    while (width-- > 0)
        Tcl_AppendToObj(out, "-", 1);
    Tcl_AppendToObj(out, "\n", 1);
}

/* Append the table with rules below its head and above the row for all. */
static void AppendTable(Tcl_Obj *out, const WeirResult *rows, const WeirColumn *columns,
                        bool ruleLast)
{
    Tcl_Obj *text = WeirResultTable(rows, columns);
    const char *line, *end, *last;
    size_t width;
    Tcl_IncrRefCount(text);
    line = Tcl_GetString(text);
    last = strrchr(line, '\n');
    width = strcspn(line, "\n");
    for (;; line = end + 1) {
        end = line + strcspn(line, "\n");
        if (ruleLast && line == last + 1)
            AppendRule(out, width);
        Tcl_AppendToObj(out, line, (Tcl_Size)(end - line));
        if (!*end)
            break;
        Tcl_AppendToObj(out, "\n", 1);
        if (line == Tcl_GetString(text))
            AppendRule(out, width);
    }
    Tcl_DecrRefCount(text);
}

static void AppendTraffic(Tcl_Obj *out, const WeirResult *rows, double fastestBps,
                          bool ruleLast)
{
    WeirLogUnit rate = WeirLogRateUnit(fastestBps);
    WeirColumn columns[] = { { "id", "flow", 0, 0 },
                             { "source", "source", 0, 0 },
                             { "destination", "destination", 0, 0 },
                             { "packets", "packets", 0, 0 },
                             { "lost", "lost", 0, 0 },
                             { "lossRatio", "lost %", 100, 2 },
                             { "duplicates", "dup", 0, 0 },
                             { "reordered", "reord", 0, 0 },
                             { "elapsed", "time s", 1, 3 },
                             { "packetRate", "pkt/s", 1, 1 },
                             { "bitRate", rate.name, rate.scale, rate.decimals },
                             { NULL, NULL, 0, 0 } };
    AppendTable(out, rows, columns, ruleLast);
}

static void AppendDelays(Tcl_Obj *out, const WeirResult *rows, const WeirLogUnit *unit,
                         bool ruleLast)
{
    WeirColumn columns[] = { { "id", "flow", 0, 0 },
                             { "delayMin", "min", unit->scale, unit->decimals },
                             { "delayMean", "mean", unit->scale, unit->decimals },
                             { "delayP50", "median", unit->scale, unit->decimals },
                             { "delayP95", "95 %", unit->scale, unit->decimals },
                             { "delayP99", "99 %", unit->scale, unit->decimals },
                             { "delayMax", "max", unit->scale, unit->decimals },
                             { "delayStddev", "stddev", unit->scale, unit->decimals },
                             { "jitterMean", "jitter", unit->scale, unit->decimals },
                             { NULL, NULL, 0, 0 } };
    AppendTable(out, rows, columns, ruleLast);
}

/* "Round-trip time" or "One-way delay" where the file says so, else "Delay". */
static const char *DelayName(const Summary *s)
{
    uint32_t i, count = WeirLogReaderFlows(s->reader);
    int meter = count ? WeirLogReaderFlow(s->reader, 0)->meter : -1;
    for (i = 1; i < count; i++)
        if (WeirLogReaderFlow(s->reader, i)->meter != meter)
            meter = -1;
    return meter == WEIR_ITG_RTTM   ? "Round-trip time"
           : meter == WEIR_ITG_OWDM ? "One-way delay"
                                    : "Delay";
}

/* "2026-11-22 06:18:00", UTC; "" for a time that no calendar has. */
static const char *Date(int64_t ns, char buf[DATE_ROOM])
{
    time_t seconds = (time_t)(ns / WEIR_NS_PER_S);
    struct tm tm;
    if (!gmtime_r(&seconds, &tm) || strftime(buf, DATE_ROOM, "%F %T", &tm) == 0)
        buf[0] = '\0';
    return buf;
}

static void AppendHead(Tcl_Obj *out, const Summary *s)
{
    static const char *const formats[] = { "D-ITG log", "Weir log", "D-ITG text log" };
    uint32_t flows = WeirLogReaderFlows(s->reader);
    Tcl_AppendPrintfToObj(out, "%s: %s, %lld packet%s of %u flow%s", s->name,
                          formats[s->info.format], (long long)s->info.records,
                          s->info.records == 1 ? "" : "s", (unsigned)flows,
                          flows == 1 ? "" : "s");
    if (s->info.format == WEIR_LOG_WEIR) {
        char text[DATE_ROOM];
        if (*Date(s->info.begunNs, text))
            Tcl_AppendPrintfToObj(out, ", begun %s UTC", text);
        if (s->info.seed != 0) { /* receivers know none */
            snprintf(text, sizeof text, ", seed %" PRIu64, s->info.seed);
            Tcl_AppendToObj(out, text, -1);
        }
    }
}

/* What the reader should know about the file, a line each. */
static void AppendNotes(Tcl_Obj *out, const Summary *s)
{
    bool cut = s->info.partialBytes > 0, dropped = s->info.dropped > 0;
    bool open = s->info.format == WEIR_LOG_WEIR && !s->info.ended;
    if (s->invalid > 0 || cut || open || dropped)
        Tcl_AppendToObj(out, "\n", 1);
    if (s->invalid > 0)
        Tcl_AppendPrintfToObj(out, "\nLeft out: %lld records whose times make no sense.",
                              (long long)s->invalid);
    if (cut)
        Tcl_AppendPrintfToObj(out,
                              "\nThe file was cut off: its last %lld bytes are part of a "
                              "record.",
                              (long long)s->info.partialBytes);
    if (open)
        Tcl_AppendToObj(out, "\nThe file was not ended by its writer.", -1);
    if (dropped)
        Tcl_AppendPrintfToObj(out, "\nThe writer had to drop %lld more records.",
                              (long long)s->info.dropped);
}

/* A line for each remark. */
static void AppendRemarks(Tcl_Obj *out, const Summary *s)
{
    uint32_t i, count;
    const WeirLogNote *notes = WeirLogReaderNotes(s->reader, &count);
    char date[DATE_ROOM];
    if (count > 0)
        Tcl_AppendToObj(out, "\n\nRemarks (times in UTC)", -1);
    for (i = 0; i < count; i++) {
        int us = (int)(notes[i].timeNs % WEIR_NS_PER_S / 1000);
        Tcl_AppendPrintfToObj(
            out, "\n%s.%06d  flow %u: %s", Date(notes[i].timeNs, date), us < 0 ? 0 : us,
            (unsigned)WeirLogReaderFlow(s->reader, notes[i].flow)->id, notes[i].text);
    }
}

static void AppendTables(Tcl_Obj *out, const Summary *s)
{
    WeirLogFigures all = WeirLogStatTotal(s->stat);
    WeirResult *table = WeirResultNew(), *rows = WeirResultList(table, "rows");
    uint32_t i, flows = WeirLogReaderFlows(s->reader);
    double fastest = all.bitRate;
    AddRows(rows, s, &all);
    for (i = 0; i < flows; i++)
        fastest = fmax(fastest, WeirLogStatFlow(s->stat, i).bitRate);
    Tcl_AppendToObj(out, "\n\n", -1);
    AppendTraffic(out, rows, fastest, flows > 1);
    if (isnan(all.delayMean)) {
        Tcl_AppendToObj(out,
                        "\n\nNo delay was recorded: sent and received are the same in "
                        "every record.",
                        -1);
    } else {
        WeirLogUnit unit = WeirLogTimeUnit(all.delayP99);
        Tcl_AppendPrintfToObj(out, "\n\n%s in %s\n", DelayName(s), unit.name);
        AppendDelays(out, rows, &unit, flows > 1);
    }
    WeirResultFree(table);
}

static Tcl_Obj *Tables(const Summary *s)
{
    Tcl_Obj *out = Tcl_NewObj();
    AppendHead(out, s);
    if (WeirLogReaderFlows(s->reader) > 0)
        AppendTables(out, s);
    AppendRemarks(out, s);
    AppendNotes(out, s);
    return out;
}

/* ITGDec's report; NULL: out of memory. */
static Tcl_Obj *Report(const Summary *s)
{
    char *text = WeirCompatReport(s->compat, s->reader);
    Tcl_Obj *out = text ? Tcl_NewStringObj(text, (Tcl_Size)strlen(text) - 1) : NULL;
    free(text);
    return out;
}

/* ------------------------------------------------------------ the command */

static int CompareFlows(const void *a, const void *b, void *reader)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order =
        WeirLogFlowCompare(WeirLogReaderFlow(reader, x), WeirLogReaderFlow(reader, y));
    return order ? order : x < y ? -1 : 1;
}

/* ITGDec's figures keep its order. */
static int OrderFlows(Summary *s)
{
    uint32_t i, flows = WeirLogReaderFlows(s->reader);
    s->order = malloc((flows + 1) * sizeof *s->order);
    if (!s->order)
        return WEIR_E_MEMORY;
    for (i = 0; i < flows; i++)
        s->order[i] = i;
    qsort_r(s->order, flows, sizeof *s->order, CompareFlows, s->reader);
    return WEIR_OK;
}

static int Return(Tcl_Interp *interp, Summary *s, const Options *o)
{
    Tcl_Obj *text = NULL;
    s->info = WeirLogReaderInfo(s->reader);
    if (s->stat && OrderFlows(s) < 0)
        return WeirTclFail(interp, weirLogRoom, WEIR_E_MEMORY, "out of memory");
    s->invalid = s->compat ? (int64_t)WeirCompatErrorLines(s->compat)
                           : WeirLogStatInvalid(s->stat);
    if (o->format == WEIR_FORMAT_TEXT ||
        (o->format == WEIR_FORMAT_AUTO && WeirResultPeople(interp))) {
        text = s->compat ? Report(s) : Tables(s);
        if (!text)
            return WeirTclFail(interp, weirLogRoom, WEIR_E_MEMORY, "out of memory");
    }
    if (o->format == WEIR_FORMAT_TEXT)
        Tcl_SetObjResult(interp, text);
    else if (ReturnData(interp, s, o) == TCL_OK && text)
        WeirResultShow(interp, Tcl_GetObjResult(interp), text);
    return TCL_OK;
}

int WeirLogSummaryCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Options o = { 0 };
    WeirCompatOpts compatOpts;
    Summary s;
    const char *path;
    WeirErr err;
    int rc = TCL_ERROR;
    memset(&s, 0, sizeof s);
    if (WeirOptRead(interp, weirLogRoom, weirLogSummaryOptions, &o, sizeof o, objc - 2,
                    objv + 2, NULL) != TCL_OK ||
        !(path = WeirLogPath(interp, objv[1])))
        return TCL_ERROR;
    s.name = Tcl_GetString(objv[1]);
    compatOpts = (WeirCompatOpts){ o.oneFlow, (uint32_t)o.maxFlow };
    if (WeirLogReaderOpen(path, &s.reader, &err) < 0)
        return WeirTclError(interp, weirLogRoom, &err);
    if (o.figures == COMPATIBLE)
        s.compat = WeirCompatNew(&compatOpts);
    else
        s.stat = WeirLogStatNew();
    if (!s.compat && !s.stat)
        rc = WeirTclFail(interp, weirLogRoom, WEIR_E_MEMORY, "out of memory");
    else if (WeirLogSummarise(s.reader, s.compat, s.stat, &err) < 0)
        rc = WeirTclError(interp, weirLogRoom, &err);
    else
        rc = Return(interp, &s, &o);
    WeirCompatFree(s.compat);
    WeirLogStatFree(s.stat);
    free(s.order);
    WeirLogReaderClose(s.reader);
    return rc;
}
