/* A receiver's life: options, listening, its list of flows, figures. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "logserver/logClient.h"
#include "logserver/logName.h"
#include "poll.h"
#include "receiver/receiverInt.h"
#include "sock.h"
#include "wire/settle.h"

enum { MAX_SESSIONS = 4096 };

WeirReceiver *WeirReceiverRef(WeirReceiver *r)
{
    atomic_fetch_add(&r->refs, 1);
    return r;
}

void WeirReceiverUnref(WeirReceiver *r)
{
    if (!r || atomic_fetch_sub(&r->refs, 1) != 1)
        return;
    WeirRecvRowsFree(r);
    WeirRecvLogsFree(r);
    WeirKeyTabFree(&r->ports);
    WeirKeyTabFree(&r->icmp);
    free(r->logPath);
    free(r->logDir);
    free(r->logServer);
    free(r->serials);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

void WeirReceiverEvent(WeirReceiver *r, int kind, int detail, const char *text)
{
    pthread_mutex_lock(&r->lock);
    if (r->owner && kind == WEIR_RECEIVER_EV_IDLE)
        WeirEventPost(r->queue, r->owner, kind, detail, text);
    else if (r->owner)
        WeirEventOffer(r->queue, r->owner, kind, detail, text, &r->gap);
    pthread_mutex_unlock(&r->lock);
}

void WeirReceiverCheckIdle(WeirReceiver *r)
{
    if (WeirReceiverIdle(r))
        WeirReceiverEvent(r, WEIR_RECEIVER_EV_IDLE, 0, NULL);
}

/* ------------------------------------------------------------ making */

static int TakeLogServers(WeirReceiver *r, const WeirReceiverSpec *spec, WeirErr *err)
{
    r->logServerCount =
        WeirAddrNetsParse(spec->allowLogServer, r->logServers, WEIR_RECEIVER_NETS, err);
    return r->logServerCount < 0
               ? r->logServerCount
               : WeirLogPlaceCheck(spec->logServer, spec->log, spec->logFormat, err);
}

static int TakeSources(WeirReceiver *r, const WeirReceiverSpec *spec, WeirErr *err)
{
    r->sourceCount =
        WeirAddrNetsParse(spec->allowSource, r->sources, WEIR_RECEIVER_NETS, err);
    return r->sourceCount < 0 ? r->sourceCount : WEIR_OK;
}

int WeirReceiverNew(WeirEngine *engine, const WeirReceiverSpec *spec,
                    WeirEventQueue *queue, void *owner, WeirReceiver **out, WeirErr *err)
{
    WeirReceiver *r = calloc(1, sizeof *r);
    if (!r)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    atomic_init(&r->refs, 1);
    pthread_mutex_init(&r->lock, NULL);
    r->lastFlow = &r->flows;
    r->lastEnded = &r->ended;
    r->engine = engine;
    r->queue = queue;
    r->owner = owner;
    r->gap.kind = WEIR_RECEIVER_EV_ERROR;
    r->readers = spec->readers < 1 ? 1 : spec->readers;
    if (r->readers > WeirEngineWorkers(engine))
        r->readers = WeirEngineWorkers(engine);
    r->drainNs = spec->drainNs;
    r->discoveryNs = spec->discoveryNs;
    r->hellos = spec->hellos;
    r->passive = spec->passive != NULL;
    r->bufferBytes = spec->bufferBytes;
    r->logFormat = spec->logFormat;
    r->logPath = spec->log ? strdup(spec->log) : NULL;
    r->serials = spec->serial ? strdup(spec->serial) : NULL;
    r->logDir = spec->logDir ? strdup(spec->logDir) : NULL;
    r->logServer = spec->logServer ? strdup(spec->logServer) : NULL;
    r->logProtocol = spec->logProtocol;
    snprintf(r->interface, sizeof r->interface, "%s",
             spec->interface ? spec->interface : "");
    snprintf(r->signalInterface, sizeof r->signalInterface, "%s",
             spec->signalInterface ? spec->signalInterface : "");
    r->listenAddr = WeirAddrAny(AF_INET6, WEIR_ITG_SIGNAL_PORT);
    r->bindAddr.sa.sa_family = AF_UNSPEC;
    if ((!spec->listen || WeirAddrParse(spec->listen, AF_UNSPEC, WEIR_ITG_SIGNAL_PORT,
                                        &r->listenAddr, err) == 0) &&
        (!spec->bind ||
         WeirAddrParse(spec->bind, AF_UNSPEC, 0, &r->bindAddr, err) == 0) &&
        (!spec->passive || WeirAddrParse(spec->passive, AF_UNSPEC, WEIR_ITG_SIGNAL_PORT,
                                         &r->call.sender, err) == 0) &&
        (!r->logDir || WeirLogNameDirectory(r->logDir, err) == 0) &&
        TakeSources(r, spec, err) == 0 && TakeLogServers(r, spec, err) == 0) {
        *out = r;
        return WEIR_OK;
    }
    WeirReceiverUnref(r);
    return err->code;
}

/* ------------------------------------------------------------ listening */

static void Accepted(WeirListener *listener, int fd, const WeirAddr *from)
{
    WeirReceiver *r = listener->arg;
    WeirAddr peer = *from;
    if (atomic_load(&r->sessionsActive) >= MAX_SESSIONS && !WeirRecvSessionMakeRoom(r)) {
        close(fd);
        WeirReceiverEvent(r, WEIR_RECEIVER_EV_ERROR, 0,
                          "a sender was turned away: 4096 sessions are open");
        return;
    }
    WeirAddrUnmap(&peer);
    WeirRecvSessionOpen(r, fd, &peer);
}

static void Starved(WeirListener *listener, const char *why)
{
    WeirReceiverStarved(listener->arg, why);
}

void WeirReceiverStarved(WeirReceiver *r, const char *why)
{
    long long nowNs = WeirMonoNs(), before = atomic_load(&r->starvedNs);
    char text[200];
    atomic_fetch_add(&r->starved, 1);
    if ((before && nowNs - before < WEIR_NS_PER_S) ||
        !atomic_compare_exchange_strong(&r->starvedNs, &before, nowNs))
        return;
    snprintf(text, sizeof text, WEIR_LISTENER_STARVED, why);
    WeirReceiverEvent(r, WEIR_RECEIVER_EV_ERROR, 0, text);
}

typedef struct StartCall {
    WeirReceiver *r;
    WeirErr *err;
    int rc;
} StartCall;

static void StartCalling(StartCall *call)
{
    WeirReceiver *r = call->r;
    char sender[WEIR_ADDR_TEXT];
    if (r->calling) {
        call->rc = WeirFail(call->err, WEIR_E_STATE, "the receiver calls %s already",
                            WeirAddrText(&r->call.sender, sender));
        return;
    }
    r->calling = true;
    atomic_store(&r->stopped, false);
    WeirRecvCallStart(r);
}

static void StartOnControl(void *arg)
{
    StartCall *call = arg;
    WeirReceiver *r = call->r;
    int fd;
    if (r->passive) {
        StartCalling(call);
        return;
    }
    fd = WeirListenerOpen(&r->listenAddr, r->signalInterface, call->err);
    call->rc = fd < 0 ? fd : WEIR_OK;
    if (fd < 0)
        return;
    r->listener.accepted = Accepted;
    r->listener.starved = Starved;
    r->listener.arg = r;
    call->rc =
        WeirListenerStart(&r->listener, WeirEngineControl(r->engine), fd, call->err);
    if (call->rc < 0) {
        close(fd);
        return;
    }
    r->listening = true;
    atomic_store(&r->stopped, false);
    pthread_mutex_lock(&r->lock);
    r->shownListen = WeirSockLocal(fd);
    pthread_mutex_unlock(&r->lock);
}

int WeirReceiverStart(WeirReceiver *r, WeirErr *err)
{
    StartCall call = { r, err, WEIR_OK };
    char text[80];
    pthread_mutex_lock(&r->lock);
    WeirAddrText(&r->shownListen, text);
    pthread_mutex_unlock(&r->lock);
    if (text[0])
        return WeirFail(err, WEIR_E_STATE, "the receiver listens already on %s", text);
    if (WeirReceiverOpenLog(r, err) < 0)
        return err->code;
    WeirWorkerCall(WeirEngineControl(r->engine), StartOnControl, &call);
    return call.rc;
}

/* Consumes the posted reference. */
static void StopOnControl(void *arg)
{
    WeirReceiver *r = arg;
    WeirErr reason = { WEIR_E_STATE, 0, "the receiver was stopped" };
    if (r->listening) {
        WeirListenerStop(&r->listener);
        close(r->listener.io.fd);
        r->listening = false;
        pthread_mutex_lock(&r->lock);
        memset(&r->shownListen, 0, sizeof r->shownListen);
        pthread_mutex_unlock(&r->lock);
    }
    if (r->calling)
        WeirRecvCallStop(r);
    r->calling = false;
    WeirRecvSessionsEnd(r, &reason);
    atomic_store(&r->stopped, true);
    WeirReceiverCheckIdle(r);
    WeirReceiverUnref(r);
    WeirBusy(WEIR_BUSY_RECEIVERS, -1);
}

void WeirReceiverOver(WeirReceiver *r)
{
    r->calling = false;
    atomic_store(&r->stopped, true);
}

void WeirReceiverStop(WeirReceiver *r)
{
    WeirBusy(WEIR_BUSY_RECEIVERS, 1);
    WeirWorkerPost(WeirEngineControl(r->engine), StopOnControl, WeirReceiverRef(r));
}

bool WeirReceiverListening(WeirReceiver *r)
{
    bool listening;
    pthread_mutex_lock(&r->lock);
    listening = r->shownListen.sa.sa_family != AF_UNSPEC;
    pthread_mutex_unlock(&r->lock);
    return listening || (r->passive && !atomic_load(&r->stopped));
}

bool WeirReceiverIdle(WeirReceiver *r)
{
    return atomic_load(&r->stopped) && atomic_load(&r->sessionsActive) == 0 &&
           atomic_load(&r->flowsActive) == 0;
}

void WeirReceiverRelease(WeirReceiver *r)
{
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->owner = NULL;
    pthread_mutex_unlock(&r->lock);
    WeirReceiverStop(r);
    WeirReceiverUnref(r);
}

/* ------------------------------------------------------------ figures */

int64_t WeirReceiverFlowsEnded(WeirReceiver *r)
{
    return atomic_load(&r->flowsEnded);
}

void WeirReceiverGetStats(WeirReceiver *r, WeirReceiverStats *s)
{
    memset(s, 0, sizeof *s);
    pthread_mutex_lock(&r->lock);
    WeirAddrText(&r->shownListen, s->listenAddr);
    s->eventsMissed = r->gap.missed;
    pthread_mutex_unlock(&r->lock);
    s->listening = s->listenAddr[0] != 0;
    s->calling = r->passive && !atomic_load(&r->stopped);
    s->sessions = atomic_load(&r->sessionsSeen);
    s->sessionsActive = atomic_load(&r->sessionsActive);
    s->flowsActive = atomic_load(&r->flowsActive);
    s->stray = atomic_load(&r->stray);
    s->kernelDrops = atomic_load(&r->kernelDrops);
    s->starved = atomic_load(&r->starved);
    s->refused = atomic_load(&r->refused);
    WeirRecvRowsTotals(r, s);
    WeirRecvLogFigures(r, s);
    WeirReceiverJudge(s);
}
