#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "log/figures.h"
#include "stat/hist.h"
#include "stat/moments.h"
#include "stat/seqtrack.h"

typedef struct Flow {
    int64_t packets, bytes, numbered;
    int64_t minRxNs, maxRxNs;
    uint32_t firstSize; /* of the earliest arrival */
    bool timed;         /* some record has two different times */
    int64_t lastDelayNs, jitters;
    double jitterSumNs;
    WeirMoments delay; /* ns */
    WeirHist *hist;    /* ns */
    WeirSeqTrack *track;
} Flow;

struct WeirLogStat {
    Flow *flows;
    uint32_t room, count;
    int64_t invalid;
};

WeirLogStat *WeirLogStatNew(void)
{
    return calloc(1, sizeof(WeirLogStat));
}

void WeirLogStatFree(WeirLogStat *stat)
{
    uint32_t i;
    if (!stat)
        return;
    for (i = 0; i < stat->count; i++) {
        WeirHistFree(stat->flows[i].hist);
        WeirSeqTrackFree(stat->flows[i].track);
    }
    free(stat->flows);
    free(stat);
}

static int Grow(WeirLogStat *stat, uint32_t need, WeirErr *err)
{
    if (need > stat->room) {
        uint32_t room = need > 2 * stat->room ? need : 2 * stat->room;
        Flow *more = realloc(stat->flows, room * sizeof *more);
        if (!more)
            goto fail;
        stat->flows = more;
        stat->room = room;
    }
    while (stat->count < need) {
        Flow *flow = &stat->flows[stat->count++];
        memset(flow, 0, sizeof *flow);
        flow->hist = WeirHistNew();
        flow->track = WeirSeqTrackNew(1);
        if (!flow->hist || !flow->track)
            goto fail;
    }
    return WEIR_OK;
fail:
    return WeirFail(err, WEIR_E_MEMORY, "out of memory for %u flows", (unsigned)need);
}

static void AddOne(Flow *flow, const WeirLogItem *item)
{
    int64_t delayNs = item->rxNs - item->txNs;
    if (flow->packets == 0 || item->rxNs < flow->minRxNs) {
        flow->minRxNs = item->rxNs;
        flow->firstSize = item->size;
    }
    if (flow->packets == 0 || item->rxNs > flow->maxRxNs)
        flow->maxRxNs = item->rxNs;
    if (flow->packets > 0) {
        flow->jitterSumNs += fabs((double)(delayNs - flow->lastDelayNs));
        flow->jitters++;
    }
    flow->lastDelayNs = delayNs;
    flow->packets++;
    flow->bytes += item->size;
    flow->timed |= delayNs != 0;
    WeirMomentsAdd(&flow->delay, (double)delayNs);
    WeirHistAdd(flow->hist, delayNs);
    if (item->seq != 0) {
        flow->numbered++;
        WeirSeqTrackAdd(flow->track, item->seq);
    }
}

int WeirLogStatAdd(WeirLogStat *stat, const WeirLogReader *reader,
                   const WeirLogItem *items, int count, WeirErr *err)
{
    uint32_t flows = WeirLogReaderFlows(reader);
    int i;
    if (flows > stat->count && Grow(stat, flows, err) < 0)
        return WEIR_E_MEMORY;
    for (i = 0; i < count; i++) {
        if (items[i].valid)
            AddOne(&stat->flows[items[i].flow], &items[i]);
        else
            stat->invalid++;
    }
    return WEIR_OK;
}

/* ------------------------------------------------------------ figures */

static void Delays(const Flow *flow, WeirLogFigures *out)
{
    out->delayMin = out->delayMean = out->delayMax = out->delayStddev = NAN;
    out->delayP50 = out->delayP95 = out->delayP99 = out->jitterMean = NAN;
    if (!flow->timed)
        return;
    out->delayMin = WeirMomentsMin(&flow->delay) / 1e9;
    out->delayMean = WeirMomentsMean(&flow->delay) / 1e9;
    out->delayMax = WeirMomentsMax(&flow->delay) / 1e9;
    out->delayStddev = WeirMomentsStddev(&flow->delay) / 1e9;
    out->delayP50 = WeirHistQuantile(flow->hist, 0.50) / 1e9;
    out->delayP95 = WeirHistQuantile(flow->hist, 0.95) / 1e9;
    out->delayP99 = WeirHistQuantile(flow->hist, 0.99) / 1e9;
    if (flow->jitters > 0)
        out->jitterMean = flow->jitterSumNs / (double)flow->jitters / 1e9;
}

/* Everything but what the sequence numbers say. */
static void Traffic(const Flow *flow, WeirLogFigures *out)
{
    out->packets = flow->packets;
    out->bytes = flow->bytes;
    out->elapsed = (double)(flow->maxRxNs - flow->minRxNs) / 1e9;
    out->packetRate = out->bitRate = 0;
    if (out->elapsed > 0) {
        out->packetRate = (double)(flow->packets - 1) / out->elapsed;
        out->bitRate = (double)(flow->bytes - flow->firstSize) * 8 / out->elapsed;
    }
    Delays(flow, out);
}

static void SetLoss(WeirLogFigures *out, const WeirSeqFigures *seq)
{
    out->lost = seq->lost;
    out->lossEvents = seq->lossEvents;
    out->duplicates = seq->duplicates;
    out->reordered = seq->reordered;
    out->lossRatio = (double)seq->lost / (double)(seq->lost + seq->received);
}

static void NoLoss(WeirLogFigures *out)
{
    out->lost = out->lossEvents = out->duplicates = out->reordered = -1;
    out->lossRatio = NAN;
}

WeirLogFigures WeirLogStatFlow(const WeirLogStat *stat, uint32_t index)
{
    static const Flow none;
    const Flow *flow = index < stat->count ? &stat->flows[index] : &none;
    WeirLogFigures out;
    Traffic(flow, &out);
    if (flow->numbered > 0) {
        WeirSeqFigures seq = WeirSeqTrackFigures(flow->track);
        SetLoss(&out, &seq);
    } else {
        NoLoss(&out);
    }
    return out;
}

/* Add one flow to the sum of all. */
static void Merge(Flow *sum, const Flow *flow)
{
    if (sum->packets == 0 || flow->minRxNs < sum->minRxNs) {
        sum->minRxNs = flow->minRxNs;
        sum->firstSize = flow->firstSize;
    }
    if (sum->packets == 0 || flow->maxRxNs > sum->maxRxNs)
        sum->maxRxNs = flow->maxRxNs;
    sum->packets += flow->packets;
    sum->bytes += flow->bytes;
    if (flow->timed) {
        sum->timed = true;
        sum->jitters += flow->jitters;
        sum->jitterSumNs += flow->jitterSumNs;
        WeirMomentsMerge(&sum->delay, &flow->delay);
        WeirHistMerge(sum->hist, flow->hist);
    }
}

WeirLogFigures WeirLogStatTotal(const WeirLogStat *stat)
{
    Flow sum;
    WeirSeqFigures seq, all;
    bool numbered = false;
    WeirLogFigures out;
    uint32_t i;
    memset(&sum, 0, sizeof sum);
    memset(&all, 0, sizeof all);
    sum.hist = WeirHistNew();
    for (i = 0; i < stat->count; i++) {
        const Flow *flow = &stat->flows[i];
        if (flow->packets == 0)
            continue;
        if (sum.hist)
            Merge(&sum, flow);
        if (flow->numbered == 0)
            continue;
        numbered = true;
        seq = WeirSeqTrackFigures(flow->track);
        all.received += seq.received;
        all.duplicates += seq.duplicates;
        all.reordered += seq.reordered;
        all.lost += seq.lost;
        all.lossEvents += seq.lossEvents;
    }
    Traffic(&sum, &out);
    WeirHistFree(sum.hist);
    if (numbered)
        SetLoss(&out, &all);
    else
        NoLoss(&out);
    return out;
}

int64_t WeirLogStatInvalid(const WeirLogStat *stat)
{
    return stat->invalid;
}
