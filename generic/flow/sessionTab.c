/* Which signalling channels a process that sends has, and which flows each carries.  All
 * flows to one signalling address share one channel. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "flow/meet.h"
#include "flow/sessionInt.h"
#include "wire/settle.h"

static WeirKeyTab byPeer; /* control worker only, as the list of the same sessions */
static WeirSession *sessions;

const char *WeirSessionPeerText(const WeirSession *s, char *buf)
{
    return WeirAddrText(&s->at, buf);
}

/* Where the flows of a passive session can be called. */
void WeirSessionTellPlace(WeirSession *s)
{
    WeirFlow *f;
    for (f = s->flows; f; f = f->nextInSession) {
        pthread_mutex_lock(&f->lock);
        f->listens = s->listens;
        pthread_mutex_unlock(&f->lock);
    }
}

/* ------------------------------------------------------------ flows of a channel */

static void Link(WeirSession *s, WeirFlow *f)
{
    f->session = s;
    f->dialog = WEIR_DIALOG_WAITING;
    s->atStage[WEIR_DIALOG_WAITING]++;
    WeirKeyTabAdd(&s->byId, &f->inSession, f->id, f);
    f->prevInSession = s->lastFlow;
    f->nextInSession = NULL;
    if (s->lastFlow)
        s->lastFlow->nextInSession = f;
    else
        s->flows = f;
    s->lastFlow = f;
}

void WeirSessionUnlink(WeirSession *s, WeirFlow *f)
{
    if (f->dialog < WEIR_DIALOG_ACCEPTED)
        WeirMeetUnbind(f);
    WeirKeyTabRemove(&s->byId, &f->inSession);
    if (f->prevInSession)
        f->prevInSession->nextInSession = f->nextInSession;
    else
        s->flows = f->nextInSession;
    if (f->nextInSession)
        f->nextInSession->prevInSession = f->prevInSession;
    else
        s->lastFlow = f->prevInSession;
    s->atStage[f->dialog]--;
    f->session = NULL;
    f->dialog = WEIR_DIALOG_ENDED;
}

/* ------------------------------------------------------------ the channels */

/* The channel that the flow shares: that to the same receiver, in passive mode that on
 * which the same host, or any, may call at the same place. */
static bool IsFor(const WeirSession *s, const WeirFlow *f)
{
    return s->passive == f->passive && WeirAddrSame(&s->peer, &f->signal) &&
           (!s->passive || (WeirAddrSame(&s->local, &f->signalSrc) &&
                            strcmp(s->interface, f->signalInterface) == 0));
}

static WeirSession *FindSession(const WeirFlow *f)
{
    WeirSession *s = WeirKeyTabFind(&byPeer, WeirAddrHash(&f->signal));
    while (s && !IsFor(s, f))
        s = WeirKeyTabNext(&s->link);
    return s;
}

void WeirSessionFree(WeirSession *s)
{
    WeirWorker *control = WeirEngineControl(s->engine);
    WeirKeyTabRemove(&byPeer, &s->link);
    if (s->prev)
        s->prev->next = s->next;
    else
        sessions = s->next;
    if (s->next)
        s->next->prev = s->prev;
    WeirSessionStopAwaiting(s);
    WeirTimerStop(control, &s->timer);
    WeirTimerStop(control, &s->kindTimer);
    WeirChannelClose(&s->channel);
    WeirKeyTabFree(&s->byId);
    free(s);
    WeirBusy(WEIR_BUSY_CHANNELS, -1);
}

/* All flows leave their dialogues before the first of them ends, which its group hears.
 */
static void DropFlows(void)
{
    WeirFlow *f, *dropped = NULL;
    WeirSession *s;
    for (s = sessions; s; s = s->next) {
        while ((f = s->flows)) {
            WeirSessionUnlink(s, f);
            f->nextInSession = dropped;
            dropped = f;
        }
    }
    while ((f = dropped)) {
        dropped = f->nextInSession;
        WeirFlowDrop(f);
    }
}

/* The engine stops: what is left, at least those that cool, must not be found by a flow
 * on the next engine. */
static void DropSessions(void *list)
{
    DropFlows();
    while (sessions)
        WeirSessionFree(sessions);
    WeirKeyTabFree(&byPeer);
}

static void *ListSessions(void)
{
    return &sessions;
}

static WeirSession *NewSession(const WeirFlow *f)
{
    WeirSession *s;
    WeirWorkerLocal(WeirEngineControl(f->engine), WEIR_FLOW_LOCAL_SESSIONS, ListSessions,
                    DropSessions);
    while (!(s = calloc(1, sizeof *s)))
        usleep(1000);
    s->engine = f->engine;
    s->peer = s->at = f->signal;
    s->local = f->signalSrc;
    s->passive = f->passive;
    memcpy(s->interface, f->signalInterface, sizeof s->interface);
    WeirSessionInit(s);
    WeirKeyTabAdd(&byPeer, &s->link, WeirAddrHash(&s->peer), s);
    s->next = sessions;
    if (s->next)
        s->next->prev = s;
    sessions = s;
    WeirBusy(WEIR_BUSY_CHANNELS, 1);
    return s;
}

/* A flow that cannot join: its id is taken, or what it asks of the channel is not what
 * the channel has, or will have when it is opened for the flows that wait. */
static bool Conflicts(WeirSession *s, const WeirFlow *f, WeirErr *err)
{
    char peer[WEIR_ADDR_TEXT];
    bool opened = s->state <= WEIR_SESSION_OPEN;
    const WeirFlow *like = s->flows ? s->flows : f;
    const WeirRemoteLog *log = opened ? &s->remoteLog : &like->remoteLog;
    const WeirAddr *local = opened ? &s->local : &like->signalSrc;
    const char *interface = opened ? s->interface : like->signalInterface;
    if (WeirKeyTabFind(&s->byId, f->id)) {
        WeirFail(err, WEIR_E_STATE, "flow id %u is in use already towards receiver %s",
                 f->id, WeirSessionPeerText(s, peer));
        return true;
    }
    if ((f->signalSrc.sa.sa_family != AF_UNSPEC && !WeirAddrSame(local, &f->signalSrc)) ||
        (*f->signalInterface && strcmp(interface, f->signalInterface) != 0)) {
        WeirFail(err, WEIR_E_STATE,
                 "all flows to receiver %s share one signalling connection: give them "
                 "one -signalbind and -signalinterface",
                 WeirSessionPeerText(s, peer));
        return true;
    }
    if (strcmp(log->name, f->remoteLog.name) != 0) {
        WeirFail(err, WEIR_E_STATE,
                 "all flows to receiver %s share one log there: it is \"%.80s\", "
                 "-remotelog \"%.80s\" differs",
                 WeirSessionPeerText(s, peer), log->name, f->remoteLog.name);
        return true;
    }
    if (!WeirAddrSame(&log->server, &f->remoteLog.server) ||
        (log->server.sa.sa_family != AF_UNSPEC &&
         log->protocol != f->remoteLog.protocol)) {
        WeirFail(err, WEIR_E_STATE,
                 "all flows to receiver %s share one log there: give them one "
                 "-remotelogserver and -remotelogproto",
                 WeirSessionPeerText(s, peer));
        return true;
    }
    return false;
}

void WeirSessionAddFlow(WeirFlow *f)
{
    WeirSession *s = FindSession(f);
    WeirErr err;
    bool isNew = s == NULL;
    if (isNew)
        s = NewSession(f);
    if (Conflicts(s, f, &err)) {
        f->dialog = WEIR_DIALOG_ENDED;
        WeirFlowBlame(f, &err);
        WeirFlowEnd(f);
        return;
    }
    Link(s, f);
    if (isNew)
        WeirSessionConnect(s);
    else if (s->state == WEIR_SESSION_OPEN)
        WeirSessionAnnounce(s, f);
    else if (s->state == WEIR_SESSION_AWAITING)
        WeirSessionTellPlace(s);
}
