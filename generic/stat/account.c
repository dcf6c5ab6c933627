#include "config.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "stat/account.h"
#include "stat/hist.h"
#include "stat/moments.h"

typedef struct Sums {
    int64_t packets, bytes, firstBytes, firstNs, lastNs;
    WeirMoments delay, jitter; /* seconds */
} Sums;

/* Who asks copies the sums, and walks the histogram without holding up who adds. */
struct WeirAccount {
    bool timed, sequenced;
    pthread_mutex_t asking; /* keeps what follows from being freed; taken before lock */
    WeirHist *delays;       /* ns */
    WeirFigures *final;     /* once nothing is added any more */
    pthread_mutex_t lock;   /* guards the rest */
    Sums sums;
    int64_t lastDelayNs;
    WeirSeqTrack *track;
};

WeirAccount *WeirAccountNew(bool timed, bool sequenced)
{
    WeirAccount *a = calloc(1, sizeof *a);
    if (!a)
        return NULL;
    pthread_mutex_init(&a->asking, NULL);
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
    pthread_mutex_destroy(&a->asking);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

static void AddDelay(WeirAccount *a, int64_t delayNs)
{
    WeirMomentsAdd(&a->sums.delay, (double)delayNs / 1e9);
    WeirHistAdd(a->delays, delayNs);
    if (a->sums.packets > 0)
        WeirMomentsAdd(&a->sums.jitter, fabs((double)(delayNs - a->lastDelayNs)) / 1e9);
    a->lastDelayNs = delayNs;
}

bool WeirAccountAdd(WeirAccount *a, uint32_t seq, uint32_t size, int64_t txNs,
                    int64_t rxNs)
{
    bool fresh = false;
    pthread_mutex_lock(&a->lock);
    if (a->timed)
        AddDelay(a, rxNs - txNs);
    if (a->sequenced)
        fresh = WeirSeqTrackAdd(a->track, seq) != WEIR_SEQ_DUPLICATE;
    if (a->sums.packets == 0) {
        a->sums.firstNs = rxNs;
        a->sums.firstBytes = size;
    }
    if (a->sums.packets == 0 || rxNs > a->sums.lastNs)
        a->sums.lastNs = rxNs;
    a->sums.packets++;
    a->sums.bytes += size;
    pthread_mutex_unlock(&a->lock);
    return fresh;
}

double WeirRateOver(double amount, double elapsed)
{
    return elapsed > 0 ? amount / elapsed : 0;
}

/* With `asking` held. */
static void Compute(WeirAccount *a, WeirFigures *f)
{
    static const double ps[] = { 0.50, 0.95, 0.99 };
    double delays[3] = { NAN, NAN, NAN };
    Sums sums;
    memset(f, 0, sizeof *f);
    pthread_mutex_lock(&a->lock);
    sums = a->sums;
    if (a->sequenced)
        f->seq = WeirSeqTrackFigures(a->track);
    pthread_mutex_unlock(&a->lock);
    f->packets = sums.packets;
    f->bytes = sums.bytes;
    f->firstNs = sums.firstNs;
    f->lastNs = sums.lastNs;
    f->elapsed = (double)(sums.lastNs - sums.firstNs) / 1e9;
    f->packetRate = WeirRateOver((double)(sums.packets - 1), f->elapsed);
    f->bitRate = WeirRateOver(8.0 * (double)(sums.bytes - sums.firstBytes), f->elapsed);
    f->delayMin = WeirMomentsMin(&sums.delay);
    f->delayMean = WeirMomentsMean(&sums.delay);
    f->delayMax = WeirMomentsMax(&sums.delay);
    f->delayStddev = WeirMomentsStddev(&sums.delay);
    f->jitterMean = WeirMomentsMean(&sums.jitter);
    if (a->timed)
        WeirHistQuantiles(a->delays, ps, 3, delays);
    f->delayP50 = delays[0] / 1e9;
    f->delayP95 = delays[1] / 1e9;
    f->delayP99 = delays[2] / 1e9;
    f->sequenced = a->sequenced;
    f->lossRatio = NAN;
    if (f->seq.received + f->seq.lost > 0)
        f->lossRatio = (double)f->seq.lost / (double)(f->seq.received + f->seq.lost);
}

void WeirAccountFigures(WeirAccount *a, WeirFigures *f)
{
    pthread_mutex_lock(&a->asking);
    if (a->final)
        *f = *a->final;
    else
        Compute(a, f);
    pthread_mutex_unlock(&a->asking);
}

void WeirAccountTotals(WeirAccount *a, int64_t *packets, int64_t *bytes)
{
    pthread_mutex_lock(&a->lock);
    *packets += a->sums.packets;
    *bytes += a->sums.bytes;
    pthread_mutex_unlock(&a->lock);
}

void WeirAccountClose(WeirAccount *a)
{
    pthread_mutex_lock(&a->asking);
    a->final = malloc(sizeof *a->final);
    if (a->final) {
        Compute(a, a->final);
        WeirHistFree(a->delays);
        WeirSeqTrackFree(a->track);
        a->delays = NULL;
        a->track = NULL;
    }
    pthread_mutex_unlock(&a->asking);
}
