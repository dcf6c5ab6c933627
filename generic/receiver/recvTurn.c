/* One after the other: senders on one host whose packets cannot be told apart.
 *
 * Every stock sender counts its flows from 1, and none says beforehand where its packets
 * will come from.  So when flows of two sessions from one host have the same id and port,
 * the second sender is told to begin only after the first one was heard: by its source
 * address a flow that was heard is known.  A flow that stays silent, as one that begins
 * later, keeps others waiting for a second at most.  Control worker only. */
#include "config.h"
#include "base/clock.h"
#include "receiver/receiverInt.h"

#define LONGEST_NS WEIR_NS_PER_S
#define LOOK_NS    (5 * WEIR_NS_PER_MS)

static bool IsHeard(WeirSinkFlow *f)
{
    bool heard;
    pthread_mutex_lock(&f->lock);
    heard = f->source.sa.sa_family != AF_UNSPEC;
    pthread_mutex_unlock(&f->lock);
    return heard;
}

/* Whether a packet of this flow might be taken for one of another sender's. */
static bool HasRival(const WeirSinkFlow *f)
{
    WeirKeyTab *unheard = &f->port->unheard;
    WeirSinkFlow *g, *next;
    for (g = WeirKeyTabFind(unheard, WeirSinkFlowKey(f)); g; g = next) {
        next = WeirKeyTabNext(&g->inUnheard);
        if (IsHeard(g))
            WeirKeyTabRemove(unheard, &g->inUnheard);
        else if (g->session != f->session && WeirAddrSameHost(&g->peer, &f->peer))
            return true;
    }
    return false;
}

static void Look(WeirTimer *timer, int64_t nowNs)
{
    WeirSinkFlow *f = timer->arg;
    if (!f->port) { /* a wrong connection has ended it already */
        WeirSinkFlowUnref(f);
        return;
    }
    if (f->session && !f->closing && !f->givenUp && nowNs < f->turnByNs && HasRival(f)) {
        WeirTimerSet(WeirEngineControl(f->receiver->engine), timer, nowNs + LOOK_NS);
        return;
    }
    WeirKeyTabAdd(&f->port->unheard, &f->inUnheard, WeirSinkFlowKey(f), f);
    WeirRecvFlowBegin(f);
}

void WeirRecvFlowAdded(void *arg)
{
    WeirSinkFlow *f = arg;
    int64_t nowNs = WeirMonoNs();
    f->turn.fire = Look;
    f->turn.arg = f;
    f->turnByNs = nowNs + LONGEST_NS;
    Look(&f->turn, nowNs);
}

void WeirRecvTurnLeave(WeirSinkFlow *f)
{
    WeirKeyTabRemove(&f->port->unheard, &f->inUnheard);
}
