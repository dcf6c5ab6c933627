#include "config.h"
#include <string.h>
#include "flow/account.h"
#include "flow/report.h"

int WeirReportInit(WeirReport *r, WeirErr *err)
{
    pthread_mutex_init(&r->lock, NULL);
    r->lateHist = WeirHistNew();
    r->idtDevHist = WeirHistNew();
    if (!r->lateHist || !r->idtDevHist)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    return WEIR_OK;
}

void WeirReportFree(WeirReport *r)
{
    WeirHistFree(r->lateHist);
    WeirHistFree(r->idtDevHist);
    pthread_mutex_destroy(&r->lock);
}

static void AddDeparture(WeirReport *r, const WeirDuePacket *p, int64_t nowNs)
{
    if (r->packets == 0) {
        r->firstNs = nowNs;
        r->firstBytes = p->size;
    } else {
        int64_t gap = nowNs - r->lastNs, asked = p->dueNs - r->lastDueNs;
        WeirHistAdd(r->idtDevHist, gap > asked ? gap - asked : asked - gap);
    }
    r->packets++;
    r->bytes += p->size;
    r->lastNs = nowNs;
    r->lastDueNs = p->dueNs;
    WeirMomentsAdd(&r->late, (double)(nowNs - p->dueNs));
    WeirHistAdd(r->lateHist, nowNs - p->dueNs);
}

void WeirReportDeparted(WeirReport *r, const WeirDuePacket *packets, int count,
                        int64_t nowNs)
{
    int i;
    pthread_mutex_lock(&r->lock);
    for (i = 0; i < count; i++)
        AddDeparture(r, &packets[i], nowNs);
    pthread_mutex_unlock(&r->lock);
}

void WeirReportRefused(WeirReport *r, int count, int sysErrno)
{
    pthread_mutex_lock(&r->lock);
    r->failed += count;
    strerror_r(sysErrno, r->lastError, sizeof r->lastError);
    pthread_mutex_unlock(&r->lock);
}

int64_t WeirReportPackets(const WeirReport *r)
{
    return r->packets;
}

void WeirReportFigures(WeirReport *r, WeirFlowStats *s)
{
    pthread_mutex_lock(&r->lock);
    s->packets = r->packets;
    s->bytes = r->bytes;
    s->failed = r->failed;
    memcpy(s->lastError, r->lastError, sizeof s->lastError);
    s->elapsed = (double)(r->lastNs - r->firstNs) / 1e9;
    s->packetRate = WeirRateOver((double)(r->packets - 1), s->elapsed);
    s->bitRate = WeirRateOver(8.0 * (double)(r->bytes - r->firstBytes), s->elapsed);
    s->lateMean = WeirMomentsMean(&r->late) / 1e9;
    s->lateMax = WeirMomentsMax(&r->late) / 1e9;
    s->lateP50 = WeirHistQuantile(r->lateHist, 0.50) / 1e9;
    s->lateP99 = WeirHistQuantile(r->lateHist, 0.99) / 1e9;
    s->idtDevP50 = WeirHistQuantile(r->idtDevHist, 0.50) / 1e9;
    s->idtDevP99 = WeirHistQuantile(r->idtDevHist, 0.99) / 1e9;
    pthread_mutex_unlock(&r->lock);
}
