#include "config.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "flow/account.h"
#include "stat/hist.h"
#include "stat/moments.h"

struct WeirAccount {
    pthread_mutex_t lock; /* guards everything below */
    bool timed, sequenced;
    int64_t packets, bytes, firstBytes, firstNs, lastNs, lastDelayNs;
    WeirMoments delay, jitter; /* seconds */
    WeirHist *delays;          /* ns */
    WeirSeqTrack *track;
    WeirFigures *final; /* once nothing is added any more */
};

WeirAccount *WeirAccountNew(bool timed, bool sequenced)
{
    WeirAccount *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    pthread_mutex_init(&a->lock, NULL);
    a->timed = timed;
    a->sequenced = sequenced;
    if (timed)
        a->delays = WeirHistNew();
    if (sequenced)
        a->track = WeirSeqTrackNew(1);
    if ((timed && !a->delays) || (sequenced && !a->track)) {
        WeirAccountFree(a);
        return NULL;
    }
    return a;
}

void WeirAccountFree(WeirAccount *a)
{
    if (!a)
        return;
    WeirHistFree(a->delays);
    WeirSeqTrackFree(a->track);
    free(a->final);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

static void AddDelay(WeirAccount *a, int64_t delayNs)
{
    WeirMomentsAdd(&a->delay, (double)delayNs / 1e9);
    WeirHistAdd(a->delays, delayNs);
    if (a->packets > 0)
        WeirMomentsAdd(&a->jitter, fabs((double)(delayNs - a->lastDelayNs)) / 1e9);
    a->lastDelayNs = delayNs;
}

void WeirAccountAdd(WeirAccount *a, uint32_t seq, uint32_t size, int64_t txNs,
                    int64_t rxNs)
{
    pthread_mutex_lock(&a->lock);
    if (a->timed)
        AddDelay(a, rxNs - txNs);
    if (a->sequenced)
        WeirSeqTrackAdd(a->track, seq);
    if (a->packets == 0) {
        a->firstNs = rxNs;
        a->firstBytes = size;
    }
    if (a->packets == 0 || rxNs > a->lastNs)
        a->lastNs = rxNs;
    a->packets++;
    a->bytes += size;
    pthread_mutex_unlock(&a->lock);
}

double WeirRateOver(double amount, double elapsed)
{
    return elapsed > 0 ? amount / elapsed : 0;
}

static void Compute(WeirAccount *a, WeirFigures *f)
{
    memset(f, 0, sizeof *f);
    f->packets = a->packets;
    f->bytes = a->bytes;
    f->firstNs = a->firstNs;
    f->lastNs = a->lastNs;
    f->elapsed = (double)(a->lastNs - a->firstNs) / 1e9;
    f->packetRate = WeirRateOver((double)(a->packets - 1), f->elapsed);
    f->bitRate = WeirRateOver(8.0 * (double)(a->bytes - a->firstBytes), f->elapsed);
    f->delayMin = WeirMomentsMin(&a->delay);
    f->delayMean = WeirMomentsMean(&a->delay);
    f->delayMax = WeirMomentsMax(&a->delay);
    f->delayStddev = WeirMomentsStddev(&a->delay);
    f->jitterMean = WeirMomentsMean(&a->jitter);
    f->delayP50 = f->delayP95 = f->delayP99 = NAN;
    if (a->timed) {
        f->delayP50 = WeirHistQuantile(a->delays, 0.50) / 1e9;
        f->delayP95 = WeirHistQuantile(a->delays, 0.95) / 1e9;
        f->delayP99 = WeirHistQuantile(a->delays, 0.99) / 1e9;
    }
    f->sequenced = a->sequenced;
    f->lossRatio = NAN;
    if (a->sequenced) {
        f->seq = WeirSeqTrackFigures(a->track);
        if (f->seq.received + f->seq.lost > 0)
            f->lossRatio = (double)f->seq.lost / (double)(f->seq.received + f->seq.lost);
    }
}

void WeirAccountFigures(WeirAccount *a, WeirFigures *f)
{
    pthread_mutex_lock(&a->lock);
    if (a->final)
        *f = *a->final;
    else
        Compute(a, f);
    pthread_mutex_unlock(&a->lock);
}

void WeirAccountTotals(WeirAccount *a, int64_t *packets, int64_t *bytes)
{
    pthread_mutex_lock(&a->lock);
    *packets += a->packets;
    *bytes += a->bytes;
    pthread_mutex_unlock(&a->lock);
}

void WeirAccountClose(WeirAccount *a)
{
    pthread_mutex_lock(&a->lock);
    a->final = malloc(sizeof *a->final);
    if (a->final) {
        Compute(a, a->final);
        WeirHistFree(a->delays);
        WeirSeqTrackFree(a->track);
        a->delays = NULL;
        a->track = NULL;
    }
    pthread_mutex_unlock(&a->lock);
}
