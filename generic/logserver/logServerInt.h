/* Private to the room: a log server as its authors see it - logServer.c (life, listening,
 * figures), logSession.c (the dialogue with a client), logRecords.c (what arrives on its
 * data port).  A server lives on one worker. */
#ifndef WEIR_LOGSERVERINT_H
#define WEIR_LOGSERVERINT_H
#include <pthread.h>
#include <stdatomic.h>
#include "base/addr.h"
#include "batch.h"
#include "itg/logproto.h"
#include "log/log.h"
#include "logserver/logOpen.h"
#include "logserver/logServer.h"
#include "wire/listener.h"

enum {
    WEIR_LOGSERVER_BATCH = 16,
    /* The most records that one reading brings. */
    WEIR_LOGSERVER_BURST = WEIR_LOGSERVER_BATCH * (65536 / WEIR_ITG_RECORD_BYTES + 1)
};

typedef struct WeirLogFile WeirLogFile;

/* What is told of a client, also after its end. */
typedef struct WeirLogRow {
    struct WeirLogRow *next; /* a younger one */
    WeirLogClientStats shown;
} WeirLogRow;

/* One connection to the signalling port. */
typedef struct WeirLogSession {
    struct WeirLogSession *next;
    WeirLogServer *server;
    WeirAddr peer;
    WeirIo signal, data; /* fd < 0: closed */
    bool watching;       /* signal is with the worker */
    bool listening;      /* data.fd waits for the client's connection */
    WeirListener listener;
    bool paused; /* data is not with the worker: the lane is full */
    bool stream, draining;
    WeirTimer timer; /* the request; its file; then reading on; then the end */
    uint8_t request[WEIR_ITGLOG_REQUEST_BYTES];
    size_t requestLen;
    uint8_t part[WEIR_ITG_RECORD_BYTES]; /* of a stream's record */
    size_t partLen;
    int malformedRun;
    int64_t lastNs, drainEndNs, dropsCounted;
    uint64_t logMark;         /* behind the last records; 0: there may be more */
    WeirItgLogRequest wanted; /* once it is complete */
    WeirLogOpening *opening;  /* of its file; NULL before and after */
    char *path;
    int64_t openByNs;
    WeirLogFile *file; /* NULL until that is open */
    WeirLogLane *lane;
    WeirLogRow *row;
} WeirLogSession;

struct WeirLogServer {
    atomic_int refs;
    WeirEngine *engine;
    WeirWorker *worker;
    /* Fixed by New. */
    WeirAddr listenAddr;
    char *logDir;
    char interface[32];
    unsigned firstPort, lastPort;
    int64_t drainNs, bufferBytes;
    /* The worker. */
    WeirListener listener;
    bool listening;
    int64_t starvedNs; /* when that was last told */
    WeirLogSession *sessions;
    WeirLogFile *files; /* changed under lock */
    unsigned nextPort;
    WeirBatch *batch;
    uint8_t buffer[65536];
    /* Any thread. */
    atomic_llong refused, stray, starved, clients, clientsActive, clientsEnded;
    atomic_int sessionsActive;
    atomic_bool stopped;
    pthread_mutex_t lock; /* guards the rest */
    WeirEventQueue *queue;
    void *owner;
    WeirEventGap gap;
    WeirAddr shownListen;
    WeirLogRow *rows, **lastRow;
    int rowCount;
    WeirLogServerStats totals; /* records, bytes, malformed, kernelDrops; logDropped of
                                  ended files */
};

/* --- logServer.c ----------------------------------------------------------------------
 */
void WeirLogServerEvent(WeirLogServer *server, int kind, int detail, const char *text);
/* Worker: a session begins (+1) or has ended (-1). */
void WeirLogServerBusy(WeirLogServer *server, int change);
/* Worker: a listening socket cannot accept for want of a descriptor: counted, and said at
 * most once a second. */
void WeirLogServerStarved(WeirLogServer *server, const char *why);
/* Worker: a row for a client; NULL when out of memory. */
WeirLogRow *WeirLogRowAdd(WeirLogServer *server);

/* --- logSession.c (worker)
 * --------------------------------------------------------------
 */
void WeirLogSessionOpen(WeirLogServer *server, int fd, const WeirAddr *peer);
/* All sessions are taken: end the oldest of those that have not asked for a log yet.
 * False when there is none. */
bool WeirLogSessionMakeRoom(WeirLogServer *server);
void WeirLogSessionsEnd(WeirLogServer *server, const WeirErr *reason);
/* The client's records end, with a reason unless it ended them itself (NULL). */
void WeirLogSessionDrain(WeirLogSession *session, const WeirErr *reason);
/* The same when the file has failed: its client is to know. */
void WeirLogSessionCheckFile(WeirLogSession *session);
/* The lane is full: WeirLogPortRead is called again in a moment. */
void WeirLogSessionResumeLater(WeirLogSession *session);
/* Needs the server's lock. */
int64_t WeirLogFileDropped(const WeirLogFile *file);
int64_t WeirLogFilesDropped(const WeirLogServer *server);

/* --- logRecords.c (worker)
 * --------------------------------------------------------------
 */
/* Open the data port that the session's request wants; answers it, or a class code. */
int WeirLogPortOpen(WeirLogSession *session, WeirErr *err);
void WeirLogPortClose(WeirLogSession *session);
/* Read what is there; pauses when the lane is full. */
void WeirLogPortRead(WeirLogSession *session);

#endif
