/* log: record files as a source of points for other families (tcl/source.h). */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "log/logShareCmd.h"
#include "log/series.h"
#include "tcl/source.h"

/* ------------------------------------------------------------ per interval */

static int IntervalColumn(Tcl_Interp *interp, const WeirSourceRequest *r, int *column)
{
    Tcl_Obj *word = Tcl_NewStringObj(r->key, -1);
    int rc;
    Tcl_IncrRefCount(word);
    /* The time is x; any other column is a key. */
    rc = WeirTclWord(interp, r->room, word, &weirLogColumns[1], sizeof *weirLogColumns,
                     "key of a log", column);
    Tcl_DecrRefCount(word);
    ++*column;
    return rc;
}

static int ReadIntervals(Tcl_Interp *interp, const WeirSourceRequest *r, const char *path)
{
    WeirSeriesOpts opts = { r->intervalNs, r->flow >= 0, (uint32_t)r->flow };
    WeirLogSeries *series;
    WeirErr err;
    uint32_t all;
    size_t i;
    double start;
    int column, rc = WEIR_OK;
    if (IntervalColumn(interp, r, &column) != TCL_OK)
        return TCL_ERROR;
    if (WeirLogSeriesRead(path, &opts, &series, &err) < 0)
        return WeirTclError(interp, r->room, &err);
    all = WeirLogSeriesCount(series) - 1;
    start = r->isAbsolute ? (double)WeirLogSeriesStart(series) / 1e9 : 0;
    for (i = 0; i < WeirLogSeriesPoints(series, all) && rc == WEIR_OK; i++) {
        WeirSeriesPoint point = WeirLogSeriesPoint(series, all, i);
        rc = r->put(
            r->arg, start + point.time,
            *(const double *)((const char *)&point + weirLogColumns[column].offset));
    }
    WeirLogSeriesFree(series);
    return rc < 0 ? WeirTclFail(interp, r->room, rc, "out of memory") : TCL_OK;
}

/* ------------------------------------------------------------ per packet */

enum { DELAY, JITTER, SIZE, GAP };
static const char *const packetKeys[] = { "delay", "jitter", "size", "gap", NULL };

/* A flow's packet before this one. */
typedef struct Before {
    int64_t rxNs, delayNs;
    int isKnown;
} Before;

typedef struct Packets {
    const WeirSourceRequest *request;
    int key;
    Before *flows;
    uint32_t count;
    int64_t startNs;
    int isStarted, isFound;
} Packets;

static int Grow(Packets *p, uint32_t need)
{
    Before *flows;
    if (need <= p->count)
        return WEIR_OK;
    flows = realloc(p->flows, need * sizeof *flows);
    if (!flows)
        return WEIR_E_MEMORY;
    memset(flows + p->count, 0, (need - p->count) * sizeof *flows);
    p->flows = flows;
    p->count = need;
    return WEIR_OK;
}

static int PutPacket(Packets *p, const WeirLogItem *item)
{
    Before *before = &p->flows[item->flow];
    int64_t delayNs = item->rxNs - item->txNs;
    double x = (double)(item->rxNs - p->startNs) / 1e9, y;
    int isKnown = before->isKnown;
    if (p->key == SIZE)
        y = item->size;
    else if (p->key == DELAY)
        y = (double)delayNs / 1e9;
    else if (p->key == GAP)
        y = (double)(item->rxNs - before->rxNs) / 1e9;
    else
        y = fabs((double)(delayNs - before->delayNs)) / 1e9;
    *before = (Before){ item->rxNs, delayNs, 1 };
    if ((p->key == JITTER || p->key == GAP) && !isKnown)
        return WEIR_OK; /* between two packets only */
    return p->request->put(p->request->arg, x, y);
}

static int PutPackets(Packets *p, WeirLogReader *reader, WeirErr *err)
{
    const WeirLogItem *items;
    int count, i;
    while ((count = WeirLogReaderNext(reader, &items, err)) > 0) {
        if (Grow(p, WeirLogReaderFlows(reader)) < 0)
            return WeirFail(err, WEIR_E_MEMORY, "out of memory");
        for (i = 0; i < count; i++) {
            int64_t flow = p->request->flow;
            if (!items[i].valid)
                continue;
            if (!p->isStarted && !p->request->isAbsolute)
                p->startNs = items[i].rxNs;
            p->isStarted = 1;
            if (flow >= 0 && WeirLogReaderFlow(reader, items[i].flow)->id != flow)
                continue;
            p->isFound = 1;
            if (PutPacket(p, &items[i]) < 0)
                return WeirFail(err, WEIR_E_MEMORY, "out of memory");
        }
    }
    return count;
}

static int ReadPackets(Tcl_Interp *interp, const WeirSourceRequest *r, const char *path)
{
    Tcl_Obj *word = Tcl_NewStringObj(r->key, -1);
    Packets p = { .request = r };
    WeirLogReader *reader = NULL;
    WeirErr err;
    int rc;
    Tcl_IncrRefCount(word);
    rc = WeirTclWord(interp, r->room, word, packetKeys, sizeof *packetKeys,
                     "key of a packet", &p.key);
    Tcl_DecrRefCount(word);
    if (rc != TCL_OK)
        return TCL_ERROR;
    rc = WeirLogReaderOpen(path, &reader, &err);
    if (rc == WEIR_OK)
        rc = PutPackets(&p, reader, &err);
    if (rc == WEIR_OK && r->flow >= 0 && !p.isFound)
        rc = WeirFail(&err, WEIR_E_ARG, "there is no flow %ld in \"%.200s\"",
                      (long)r->flow, path);
    WeirLogReaderClose(reader);
    free(p.flows);
    return rc < 0 ? WeirTclError(interp, r->room, &err) : TCL_OK;
}

/* ------------------------------------------------------------ the source */

static int Read(Tcl_Interp *interp, const WeirSourceRequest *r)
{
    const char *path = WeirLogPath(interp, r->from);
    if (!path)
        return TCL_ERROR;
    return r->intervalNs > 0 ? ReadIntervals(interp, r, path)
                             : ReadPackets(interp, r, path);
}

const WeirSource weirLogSource = { "log", Read };
