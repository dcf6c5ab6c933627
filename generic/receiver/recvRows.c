/* A receiver's list of its flows: those that are active and the last that have ended, so
 * that it does not grow with what strangers ask for.  Of the others the totals know. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "receiver/receiverInt.h"

/* The flow that has ended first goes, its packets into the totals; needs the lock. */
static WeirSinkFlow *ForgetOne(WeirReceiver *r)
{
    WeirSinkFlow *f = r->ended;
    r->ended = f->nextEnded;
    *f->linkInRows = f->nextInRows;
    if (f->nextInRows)
        f->nextInRows->linkInRows = f->linkInRows;
    else
        r->lastFlow = f->linkInRows;
    WeirKeyTabRemove(&r->byNumber, &f->inRows);
    WeirAccountTotals(f->account, &r->pastPackets, &r->pastBytes);
    r->endedRows--;
    return f;
}

void WeirRecvRowAdd(WeirSinkFlow *f)
{
    WeirReceiver *r = f->receiver;
    WeirSinkFlowRef(f);
    pthread_mutex_lock(&r->lock);
    f->number = r->flowsSeen++;
    f->linkInRows = r->lastFlow;
    *r->lastFlow = f;
    r->lastFlow = &f->nextInRows;
    WeirKeyTabAdd(&r->byNumber, &f->inRows, (uint64_t)f->number, f);
    pthread_mutex_unlock(&r->lock);
}

void WeirRecvRowEnd(WeirSinkFlow *f)
{
    WeirReceiver *r = f->receiver;
    WeirSinkFlow *forgotten = NULL;
    pthread_mutex_lock(&r->lock);
    *r->lastEnded = f;
    r->lastEnded = &f->nextEnded;
    if (++r->endedRows > WEIR_RECEIVER_ENDED_ROWS)
        forgotten = ForgetOne(r);
    pthread_mutex_unlock(&r->lock);
    WeirSinkFlowUnref(forgotten);
}

void WeirRecvRowsFree(WeirReceiver *r)
{
    WeirSinkFlow *f, *next;
    for (f = r->flows; f; f = next) {
        next = f->nextInRows;
        WeirSinkFlowUnref(f);
    }
    WeirKeyTabFree(&r->byNumber);
}

void WeirRecvRowsTotals(WeirReceiver *r, WeirReceiverStats *s)
{
    WeirSinkFlow *f;
    pthread_mutex_lock(&r->lock);
    s->flows = r->flowsSeen;
    s->packets = r->pastPackets;
    s->bytes = r->pastBytes;
    for (f = r->flows; f; f = f->nextInRows)
        WeirAccountTotals(f->account, &s->packets, &s->bytes);
    pthread_mutex_unlock(&r->lock);
}

static void Show(WeirSinkFlow *f, WeirSinkStats *s)
{
    WeirAddr source;
    memset(s, 0, sizeof *s);
    s->number = f->number;
    s->id = f->said.id;
    s->protocol = f->said.protocol;
    s->meter = f->said.meter;
    s->payload = f->said.payload;
    WeirAddrText(&f->peer, s->peer);
    pthread_mutex_lock(&f->lock);
    s->active = f->active;
    s->reason = f->reason;
    s->kernelDrops = f->kernelDrops;
    s->logDropped = atomic_load(&f->logDropped);
    source = f->source;
    if (f->transport->code == WEIR_ITG_ICMP)
        WeirAddrSetPort(&source, 0);
    WeirAddrText(&source, s->source);
    WeirAddrText(&f->shownDst, s->destination);
    pthread_mutex_unlock(&f->lock);
    WeirAccountFigures(f->account, &s->figures);
}

/* All of them, referenced; NULL when out of memory. */
static WeirSinkFlow **Hold(WeirReceiver *r, int *count)
{
    WeirSinkFlow **held, *f;
    *count = 0;
    pthread_mutex_lock(&r->lock);
    held = calloc(r->byNumber.count + 1, sizeof *held);
    for (f = r->flows; held && f; f = f->nextInRows)
        held[(*count)++] = WeirSinkFlowRef(f);
    pthread_mutex_unlock(&r->lock);
    return held;
}

int WeirReceiverFlows(WeirReceiver *r, WeirSinkStats **out)
{
    int count, i;
    WeirSinkFlow **held = Hold(r, &count);
    *out = held ? calloc((size_t)count + 1, sizeof **out) : NULL;
    for (i = 0; i < count; i++) {
        if (*out)
            Show(held[i], &(*out)[i]);
        WeirSinkFlowUnref(held[i]);
    }
    free(held);
    return *out ? count : WEIR_E_MEMORY;
}

bool WeirReceiverFlow(WeirReceiver *r, int number, WeirSinkStats *out)
{
    WeirSinkFlow *f;
    pthread_mutex_lock(&r->lock);
    f = WeirKeyTabFind(&r->byNumber, (uint64_t)number);
    if (f)
        WeirSinkFlowRef(f);
    pthread_mutex_unlock(&r->lock);
    if (!f)
        return false;
    Show(f, out);
    WeirSinkFlowUnref(f);
    return true;
}
