#include "config.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "log/series.h"
#include "stat/seqtrack.h"

enum { GAPS = 1024 };

/* Numbers that are missing, and the interval in which that showed. */
typedef struct Gap {
    uint32_t first, count;
    int64_t bin;
} Gap;

typedef struct Bin {
    int64_t bytes, lost;
    uint32_t packets, delays, jitters; /* delays: packets of flows that measure it */
    double delaySumNs, jitterSumNs;
} Bin;

typedef struct Line { /* of one flow, or of all */
    int64_t packets, minRxNs, maxRxNs;
    int64_t firstBin, binCount;
    Bin *bins;
    bool timed, numbered;
    int64_t lastDelayNs; /* once `started` */
    bool started;
    WeirSeqTrack *track;
    Gap *gaps; /* the newest GAPS, oldest first */
    int gapCount;
    WeirLogFlowInfo info;
    uint32_t index; /* the reader's */
} Line;

struct WeirLogSeries {
    WeirSeriesOpts opts;
    Line *lines; /* by the reader's index; after the first pass by rank, the sum last */
    uint32_t count, room;
    int64_t *rank; /* of the reader's index among lines, -1: not shown */
    uint32_t flows;
    int64_t startNs;
};

void WeirLogSeriesFree(WeirLogSeries *s)
{
    uint32_t i;
    if (!s)
        return;
    for (i = 0; i < s->count; i++) {
        free(s->lines[i].bins);
        free(s->lines[i].gaps);
        WeirSeqTrackFree(s->lines[i].track);
    }
    free(s->lines);
    free(s->rank);
    free(s);
}

static int NoMemory(WeirErr *err)
{
    return WeirFail(err, WEIR_E_MEMORY,
                    "out of memory for the series: use a longer interval");
}

/* ------------------------------------------------------------ first pass: the extent */

static int GrowLines(WeirLogSeries *s, uint32_t need, WeirErr *err)
{
    if (need > s->room) {
        uint32_t room = need > 2 * s->room ? need : 2 * s->room;
        Line *more = realloc(s->lines, room * sizeof *more);
        if (!more)
            return NoMemory(err);
        s->lines = more;
        s->room = room;
    }
    if (need > s->count) {
        memset(s->lines + s->count, 0, (need - s->count) * sizeof *s->lines);
        s->count = need;
    }
    return WEIR_OK;
}

static void Widen(Line *line, const WeirLogItem *item)
{
    if (line->packets == 0 || item->rxNs < line->minRxNs)
        line->minRxNs = item->rxNs;
    if (line->packets == 0 || item->rxNs > line->maxRxNs)
        line->maxRxNs = item->rxNs;
    line->packets++;
    line->timed |= item->txNs != item->rxNs;
    line->numbered |= item->seq != 0;
}

static int Measure(WeirLogSeries *s, WeirLogReader *reader, WeirErr *err)
{
    const WeirLogItem *items;
    int count, i;
    uint32_t f;
    while ((count = WeirLogReaderNext(reader, &items, err)) > 0) {
        if (GrowLines(s, WeirLogReaderFlows(reader), err) < 0)
            return WEIR_E_MEMORY;
        for (i = 0; i < count; i++)
            if (items[i].valid)
                Widen(&s->lines[items[i].flow], &items[i]);
    }
    for (f = 0; f < s->count; f++) {
        s->lines[f].info = *WeirLogReaderFlow(reader, f);
        s->lines[f].index = f;
    }
    return count;
}

static int CompareLines(const void *a, const void *b)
{
    const Line *x = a, *y = b;
    int order = WeirLogFlowCompare(&x->info, &y->info);
    return order ? order : x->index < y->index ? -1 : 1;
}

/* Drop the flows that are not shown, order the others and put the sum behind them. */
static int Choose(WeirLogSeries *s, const char *path, WeirErr *err)
{
    uint32_t i, kept = 0;
    bool known = false, started = false;
    Line all;
    memset(&all, 0, sizeof all);
    s->flows = s->count;
    s->rank = malloc((s->flows + 1) * sizeof *s->rank);
    if (!s->rank || GrowLines(s, s->count + 1, err) < 0)
        return NoMemory(err);
    for (i = 0; i < s->flows; i++) {
        Line line = s->lines[i];
        bool wanted = !s->opts.oneId || line.info.id == s->opts.id;
        known |= wanted;
        if (line.packets > 0 && (!started || line.minRxNs < s->startNs))
            s->startNs = line.minRxNs;
        started |= line.packets > 0;
        s->rank[i] = -1;
        if (!wanted || line.packets == 0)
            continue;
        if (all.packets == 0 || line.minRxNs < all.minRxNs)
            all.minRxNs = line.minRxNs;
        if (all.packets == 0 || line.maxRxNs > all.maxRxNs)
            all.maxRxNs = line.maxRxNs;
        all.packets += line.packets;
        all.numbered |= line.numbered;
        s->lines[kept++] = line;
    }
    qsort(s->lines, kept, sizeof *s->lines, CompareLines);
    for (i = 0; i < kept; i++)
        s->rank[s->lines[i].index] = i;
    s->lines[kept] = all;
    s->count = kept + 1;
    if (s->opts.oneId && !known)
        return WeirFail(err, WEIR_E_ARG, "there is no flow %u in \"%.200s\"",
                        (unsigned)s->opts.id, path);
    return WEIR_OK;
}

static int Allocate(WeirLogSeries *s, WeirErr *err)
{
    int64_t points = 0;
    uint32_t i;
    for (i = 0; i < s->count; i++) {
        Line *line = &s->lines[i];
        if (line->packets == 0)
            continue;
        line->firstBin = (line->minRxNs - s->startNs) / s->opts.intervalNs;
        line->binCount =
            (line->maxRxNs - s->startNs) / s->opts.intervalNs - line->firstBin + 1;
        if (line->binCount > WEIR_SERIES_MAX_POINTS - points)
            return WeirFail(err, WEIR_E_LIMIT,
                            "the series would have more than %d points: use a longer "
                            "interval or a single flow",
                            WEIR_SERIES_MAX_POINTS);
        points += line->binCount;
        line->bins = calloc((size_t)line->binCount, sizeof *line->bins);
        if (i + 1 < s->count) {
            line->track = WeirSeqTrackNew(1);
            line->gaps = malloc(GAPS * sizeof *line->gaps);
            if (!line->track || !line->gaps)
                return NoMemory(err);
        }
        if (!line->bins)
            return NoMemory(err);
    }
    return WEIR_OK;
}

/* ------------------------------------------------------------ second pass: the bins */

static Bin *BinOf(const Line *line, int64_t bin)
{
    return bin >= line->firstBin && bin - line->firstBin < line->binCount
               ? &line->bins[bin - line->firstBin]
               : NULL;
}

static void AddGap(Line *line, uint32_t first, uint32_t count, int64_t bin)
{
    if (line->gapCount == GAPS) { /* forget the older half */
        memmove(line->gaps, line->gaps + GAPS / 2, GAPS / 2 * sizeof *line->gaps);
        line->gapCount = GAPS / 2;
    }
    line->gaps[line->gapCount++] = (Gap){ first, count, bin };
}

/* A late packet came: take it out of its gap.  Returns the interval that had counted it
 * as lost, -1 when that was too long ago. */
static int64_t CloseGap(Line *line, uint32_t seq)
{
    int i;
    for (i = line->gapCount - 1; i >= 0; i--) {
        Gap *gap = &line->gaps[i];
        uint32_t before = seq - gap->first, after;
        int64_t bin = gap->bin;
        if (before >= gap->count)
            continue;
        after = gap->count - before - 1;
        gap->count = before;
        if (before == 0) {
            gap->first = seq + 1;
            gap->count = after;
        } else if (after > 0) {
            AddGap(line, seq + 1, after, bin);
        }
        return bin;
    }
    return -1;
}

/* By how much the interval `*bin` has more (or, for a late packet, fewer) lost. */
static int64_t Loss(Line *line, uint32_t seq, int64_t *bin)
{
    uint32_t next = WeirSeqTrackFigures(line->track).highest + 1;
    switch (WeirSeqTrackAdd(line->track, seq)) {
    case WEIR_SEQ_NEW:
        if (seq != next)
            AddGap(line, next, seq - next, *bin);
        return seq - next;
    case WEIR_SEQ_LATE:
        *bin = CloseGap(line, seq);
        return -1;
    default:
        return 0;
    }
}

/* `from`: the flow of the packet, before it took notice of it. */
static void AddTo(Line *line, int64_t at, const WeirLogItem *item, const Line *from)
{
    Bin *bin = BinOf(line, at);
    int64_t delayNs = item->rxNs - item->txNs;
    if (!bin)
        return;
    bin->packets++;
    bin->bytes += item->size;
    if (!from->timed)
        return;
    bin->delays++;
    bin->delaySumNs += (double)delayNs;
    if (from->started) {
        bin->jitters++;
        bin->jitterSumNs += fabs((double)(delayNs - from->lastDelayNs));
    }
}

static void AddLoss(Line *line, int64_t at, int64_t lost)
{
    Bin *bin = BinOf(line, at);
    if (bin)
        bin->lost += lost;
}

static void AddOne(WeirLogSeries *s, Line *line, const WeirLogItem *item)
{
    Line *all = &s->lines[s->count - 1];
    int64_t at = (item->rxNs - s->startNs) / s->opts.intervalNs;
    AddTo(all, at, item, line);
    AddTo(line, at, item, line);
    line->started = true;
    line->lastDelayNs = item->rxNs - item->txNs;
    if (item->seq != 0) {
        int64_t lost = Loss(line, item->seq, &at);
        AddLoss(line, at, lost);
        AddLoss(all, at, lost);
    }
}

static int Collect(WeirLogSeries *s, WeirLogReader *reader, WeirErr *err)
{
    const WeirLogItem *items;
    int count, i;
    while ((count = WeirLogReaderNext(reader, &items, err)) > 0)
        for (i = 0; i < count; i++)
            if (items[i].valid && items[i].flow < s->flows && s->rank[items[i].flow] >= 0)
                AddOne(s, &s->lines[s->rank[items[i].flow]], &items[i]);
    return count;
}

static int Pass(WeirLogSeries *s, const char *path,
                int (*pass)(WeirLogSeries *, WeirLogReader *, WeirErr *), WeirErr *err)
{
    WeirLogReader *reader;
    int rc = WeirLogReaderOpen(path, &reader, err);
    if (rc == WEIR_OK)
        rc = pass(s, reader, err);
    WeirLogReaderClose(reader);
    return rc;
}

int WeirLogSeriesRead(const char *path, const WeirSeriesOpts *opts, WeirLogSeries **out,
                      WeirErr *err)
{
    WeirLogSeries *s = calloc(1, sizeof *s);
    struct stat st;
    int rc;
    *out = NULL;
    if (!s)
        return NoMemory(err);
    s->opts = *opts;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        rc = WeirFail(err, WEIR_E_ARG,
                      "\"%.200s\" is not a regular file: a series is read in two passes",
                      path);
    else
        rc = Pass(s, path, Measure, err);
    if (rc == WEIR_OK)
        rc = Choose(s, path, err);
    if (rc == WEIR_OK)
        rc = Allocate(s, err);
    if (rc == WEIR_OK)
        rc = Pass(s, path, Collect, err);
    if (rc < 0)
        WeirLogSeriesFree(s);
    else
        *out = s;
    return rc;
}

/* ------------------------------------------------------------ what came out */

int64_t WeirLogSeriesStart(const WeirLogSeries *s)
{
    return s->startNs;
}

uint32_t WeirLogSeriesCount(const WeirLogSeries *s)
{
    return s->count;
}

const WeirLogFlowInfo *WeirLogSeriesFlow(const WeirLogSeries *s, uint32_t which)
{
    return which + 1 < s->count ? &s->lines[which].info : NULL;
}

size_t WeirLogSeriesPoints(const WeirLogSeries *s, uint32_t which)
{
    return (size_t)s->lines[which].binCount;
}

WeirSeriesPoint WeirLogSeriesPoint(const WeirLogSeries *s, uint32_t which, size_t at)
{
    const Line *line = &s->lines[which];
    const Bin *bin = &line->bins[at];
    double seconds = (double)s->opts.intervalNs / 1e9;
    WeirSeriesPoint p = { (double)(line->firstBin + (int64_t)at) * seconds,
                          (double)bin->bytes * 8 / seconds,
                          bin->packets / seconds,
                          NAN,
                          NAN,
                          NAN };
    if (bin->delays > 0)
        p.delay = bin->delaySumNs / bin->delays / 1e9;
    if (bin->jitters > 0)
        p.jitter = bin->jitterSumNs / bin->jitters / 1e9;
    if (line->numbered)
        p.loss = (double)bin->lost;
    return p;
}
