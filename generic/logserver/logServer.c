/* A log server's life: options, listening, figures. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "logserver/logName.h"
#include "logserver/logServerInt.h"
#include "poll.h"
#include "sock.h"
#include "wire/settle.h"

enum { MAX_SESSIONS = 1024, ENDED_ROWS = 1000 };

WeirLogServer *WeirLogServerRef(WeirLogServer *s)
{
    atomic_fetch_add(&s->refs, 1);
    return s;
}

void WeirLogServerUnref(WeirLogServer *s)
{
    WeirLogRow *row, *next;
    if (!s || atomic_fetch_sub(&s->refs, 1) != 1)
        return;
    for (row = s->rows; row; row = next) {
        next = row->next;
        free(row);
    }
    if (s->worker)
        WeirWorkerUnload(s->worker);
    WeirBatchFree(s->batch);
    free(s->logDir);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

void WeirLogServerEvent(WeirLogServer *s, int kind, int detail, const char *text)
{
    pthread_mutex_lock(&s->lock);
    if (s->owner && kind == WEIR_LOGSERVER_EV_IDLE)
        WeirEventPost(s->queue, s->owner, kind, detail, text);
    else if (s->owner)
        WeirEventOffer(s->queue, s->owner, kind, detail, text, &s->gap);
    pthread_mutex_unlock(&s->lock);
}

void WeirLogServerBusy(WeirLogServer *s, int change)
{
    WeirBusy(WEIR_BUSY_LOGSERVERS, change);
    atomic_fetch_add(&s->sessionsActive, change);
    if (WeirLogServerIdle(s))
        WeirLogServerEvent(s, WEIR_LOGSERVER_EV_IDLE, 0, NULL);
}

/* ------------------------------------------------------------ making */

static int TakeLogDir(WeirLogServer *s, const char *dir, WeirErr *err)
{
    if (!dir)
        return WeirFail(err, WEIR_E_ARG,
                        "-logdir is empty: name the directory that the logs go to");
    if (WeirLogNameDirectory(dir, err) < 0)
        return err->code;
    s->logDir = strdup(dir);
    return s->logDir ? WEIR_OK : WeirFail(err, WEIR_E_MEMORY, "out of memory");
}

static int TakePorts(WeirLogServer *s, const char *text, WeirErr *err)
{
    int end = 0;
    s->firstPort = WEIR_ITGLOG_FIRST_DATA_PORT;
    s->lastPort = WEIR_ITGLOG_LAST_DATA_PORT;
    if (text &&
        (sscanf(text, "%u-%u%n", &s->firstPort, &s->lastPort, &end) != 2 || text[end] ||
         s->firstPort < 1 || s->firstPort > s->lastPort || s->lastPort > 65535))
        return WeirFail(err, WEIR_E_ARG,
                        "-dataports \"%.40s\" is no range of ports: use FIRST-LAST, from "
                        "1 to 65535",
                        text);
    /* Not always the same ones, so that late packets of an earlier server go astray. */
    s->nextPort = (unsigned)(WeirRealNs() / WEIR_NS_PER_MS);
    return WEIR_OK;
}

int WeirLogServerNew(WeirEngine *engine, const WeirLogServerSpec *spec,
                     WeirEventQueue *queue, void *owner, WeirLogServer **out,
                     WeirErr *err)
{
    WeirLogServer *s = calloc(1, sizeof *s);
    int rc;
    if (!s)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    atomic_init(&s->refs, 1);
    pthread_mutex_init(&s->lock, NULL);
    s->engine = engine;
    s->queue = queue;
    s->owner = owner;
    s->gap.kind = WEIR_LOGSERVER_EV_ERROR;
    s->lastRow = &s->rows;
    s->drainNs = spec->drainNs;
    s->bufferBytes = spec->bufferBytes;
    snprintf(s->interface, sizeof s->interface, "%s",
             spec->interface ? spec->interface : "");
    s->listenAddr = WeirAddrAny(AF_INET6, WEIR_ITGLOG_PORT);
    s->batch = WeirBatchNew(WEIR_LOGSERVER_BATCH, sizeof s->buffer);
    rc = s->batch ? TakeLogDir(s, spec->logDir, err)
                  : WeirFail(err, WEIR_E_MEMORY, "out of memory");
    if (rc == 0)
        rc = TakePorts(s, spec->dataPorts, err);
    if (rc == 0 && spec->listen)
        rc =
            WeirAddrParse(spec->listen, AF_UNSPEC, WEIR_ITGLOG_PORT, &s->listenAddr, err);
    if (rc < 0) {
        WeirLogServerUnref(s);
        return rc;
    }
    s->worker = WeirEnginePick(engine);
    *out = s;
    return WEIR_OK;
}

/* ------------------------------------------------------------ listening */

static void Accepted(WeirListener *listener, int fd, const WeirAddr *from)
{
    WeirLogServer *s = listener->arg;
    WeirAddr peer = *from;
    if (atomic_load(&s->sessionsActive) >= MAX_SESSIONS && !WeirLogSessionMakeRoom(s)) {
        close(fd);
        atomic_fetch_add(&s->refused, 1);
        WeirLogServerEvent(s, WEIR_LOGSERVER_EV_ERROR, 0,
                           "a client was turned away: 1024 are connected");
        return;
    }
    WeirAddrUnmap(&peer);
    WeirLogSessionOpen(s, fd, &peer);
}

void WeirLogServerStarved(WeirLogServer *s, const char *why)
{
    int64_t nowNs = WeirMonoNs();
    char text[200];
    atomic_fetch_add(&s->starved, 1);
    if (s->starvedNs && nowNs - s->starvedNs < WEIR_NS_PER_S)
        return;
    s->starvedNs = nowNs;
    snprintf(text, sizeof text, WEIR_LISTENER_STARVED, why);
    WeirLogServerEvent(s, WEIR_LOGSERVER_EV_ERROR, 0, text);
}

static void Starved(WeirListener *listener, const char *why)
{
    WeirLogServerStarved(listener->arg, why);
}

typedef struct StartCall {
    WeirLogServer *server;
    WeirErr *err;
    int rc;
} StartCall;

static void StartOnWorker(void *arg)
{
    StartCall *call = arg;
    WeirLogServer *s = call->server;
    int fd;
    if (s->listening) {
        char text[WEIR_ADDR_TEXT];
        call->rc =
            WeirFail(call->err, WEIR_E_STATE, "the log server listens already on %s",
                     WeirAddrText(&s->shownListen, text));
        return;
    }
    fd = WeirListenerOpen(&s->listenAddr, s->interface, call->err);
    call->rc = fd < 0 ? fd : WEIR_OK;
    if (fd < 0)
        return;
    s->listener.accepted = Accepted;
    s->listener.starved = Starved;
    s->listener.arg = s;
    call->rc = WeirListenerStart(&s->listener, s->worker, fd, call->err);
    if (call->rc < 0) {
        close(fd);
        return;
    }
    s->listening = true;
    atomic_store(&s->stopped, false);
    pthread_mutex_lock(&s->lock);
    s->shownListen = WeirSockLocal(fd);
    pthread_mutex_unlock(&s->lock);
}

int WeirLogServerStart(WeirLogServer *s, WeirErr *err)
{
    StartCall call = { s, err, WEIR_OK };
    WeirWorkerCall(s->worker, StartOnWorker, &call);
    return call.rc;
}

static void UnlistenOnWorker(void *arg)
{
    WeirLogServer *s = arg;
    if (!s->listening)
        return;
    WeirListenerStop(&s->listener);
    close(s->listener.io.fd);
    s->listening = false;
    pthread_mutex_lock(&s->lock);
    memset(&s->shownListen, 0, sizeof s->shownListen);
    pthread_mutex_unlock(&s->lock);
}

/* Consumes the posted reference. */
static void StopOnWorker(void *arg)
{
    WeirLogServer *s = arg;
    WeirErr reason = { WEIR_E_STATE, 0, "the log server was stopped" };
    atomic_store(&s->stopped, true);
    WeirLogSessionsEnd(s, &reason);
    WeirLogServerBusy(s, -1);
    WeirLogServerUnref(s);
}

void WeirLogServerStop(WeirLogServer *s)
{
    WeirLogServerBusy(s, 1);
    WeirWorkerCall(s->worker, UnlistenOnWorker, s); /* another may use its port now */
    WeirWorkerPost(s->worker, StopOnWorker, WeirLogServerRef(s));
}

bool WeirLogServerIdle(WeirLogServer *s)
{
    return atomic_load(&s->stopped) && atomic_load(&s->sessionsActive) == 0;
}

void WeirLogServerRelease(WeirLogServer *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->queue = NULL;
    s->owner = NULL;
    pthread_mutex_unlock(&s->lock);
    WeirLogServerStop(s);
    WeirLogServerUnref(s);
}

/* ------------------------------------------------------------ figures */

/* Forget the oldest client that has ended; needs the lock. */
static void ForgetOne(WeirLogServer *s)
{
    WeirLogRow **link = &s->rows, *row;
    while (*link && (*link)->shown.active)
        link = &(*link)->next;
    row = *link;
    if (!row)
        return;
    *link = row->next;
    if (!row->next)
        s->lastRow = link;
    s->rowCount--;
    free(row);
}

WeirLogRow *WeirLogRowAdd(WeirLogServer *s)
{
    WeirLogRow *row = calloc(1, sizeof *row);
    if (!row)
        return NULL;
    row->shown.number = (int)atomic_fetch_add(&s->clients, 1) + 1;
    row->shown.active = true;
    pthread_mutex_lock(&s->lock);
    if (s->rowCount - (int)atomic_load(&s->clientsActive) >= ENDED_ROWS)
        ForgetOne(s);
    *s->lastRow = row;
    s->lastRow = &row->next;
    s->rowCount++;
    atomic_fetch_add(&s->clientsActive, 1);
    pthread_mutex_unlock(&s->lock);
    return row;
}

int WeirLogServerClients(WeirLogServer *s, WeirLogClientStats **out)
{
    const WeirLogRow *row;
    int count = 0;
    pthread_mutex_lock(&s->lock);
    *out = calloc((size_t)s->rowCount + 1, sizeof **out);
    for (row = s->rows; *out && row; row = row->next)
        (*out)[count++] = row->shown;
    pthread_mutex_unlock(&s->lock);
    return *out ? count : WEIR_E_MEMORY;
}

bool WeirLogServerClient(WeirLogServer *s, int number, WeirLogClientStats *out)
{
    const WeirLogRow *row;
    pthread_mutex_lock(&s->lock);
    for (row = s->rows; row && row->shown.number != number; row = row->next)
        continue;
    if (row)
        *out = row->shown;
    pthread_mutex_unlock(&s->lock);
    return row != NULL;
}

int64_t WeirLogServerClientsEnded(WeirLogServer *s)
{
    return atomic_load(&s->clientsEnded);
}

void WeirLogServerGetStats(WeirLogServer *s, WeirLogServerStats *out)
{
    pthread_mutex_lock(&s->lock);
    *out = s->totals;
    out->logDropped += WeirLogFilesDropped(s);
    WeirAddrText(&s->shownListen, out->listenAddr);
    out->eventsMissed = s->gap.missed;
    pthread_mutex_unlock(&s->lock);
    out->listening = out->listenAddr[0] != 0;
    out->clients = atomic_load(&s->clients);
    out->clientsActive = atomic_load(&s->clientsActive);
    out->refused = atomic_load(&s->refused);
    out->stray = atomic_load(&s->stray);
    out->starved = atomic_load(&s->starved);
}
