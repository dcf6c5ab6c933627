/* logserver: logs that one host has another keep, and files that others name; the command
 * `logserver`.
 *
 *   logServer.h   a log server: the records of others, into files
 *   logSession.c  its dialogue with a client                     (one worker per server)
 *   logRecords.c  what that sends
 *   logClient.h   a log that a log server keeps
 *   logName.h     file names from the network, confined to one directory
 *   logOpen.h     such files, opened without a worker that waits for the disk
 *
 * A log server collects the records of senders and receivers, stock ones of D-ITG
 * (ITGLog's protocol, itg/logproto.h) and Weir's.  Each client names a file; those that
 * name the same share it.  Any number of clients at once.  It is shared by its owner and
 * the engine through a reference count. */
#ifndef WEIR_LOGSERVER_H
#define WEIR_LOGSERVER_H
#include <stdbool.h>
#include <stdint.h>
#include "base/eventq.h"
#include "engine/engine.h"

typedef struct WeirLogServer WeirLogServer;

/* Strings are malloc'ed or NULL, owned by whoever holds the structure. */
typedef struct WeirLogServerSpec {
    char *listen;    /* signalling address, default [::]:9001 */
    char *logDir;    /* where the files are put */
    char *dataPorts; /* "9003-10003": ports for the records, first to last */
    char *interface; /* of signalling and records */
    int64_t drainNs; /* silence before a log that its client ended is complete */
    int64_t bufferBytes;
} WeirLogServerSpec;

/* Events for the owner.  Detail of OPEN and CLOSE: the client's number; text of ERROR: a
 * sentence. */
enum {
    WEIR_LOGSERVER_EV_OPEN,
    WEIR_LOGSERVER_EV_CLOSE,
    WEIR_LOGSERVER_EV_ERROR,
    WEIR_LOGSERVER_EV_IDLE /* stopped, and the last client's log is complete */
};

typedef struct WeirLogServerStats {
    bool listening;
    char listenAddr[80];
    int64_t clients, clientsActive; /* that opened a log: so far, now */
    int64_t refused;                /* connections that opened none */
    int64_t records, bytes;         /* received, bytes of the network */
    int64_t malformed;              /* what was no record */
    int64_t stray;                  /* datagrams and connections of other hosts */
    int64_t kernelDrops;            /* datagrams lost in socket buffers */
    int64_t logDropped;             /* records that did not get into their file */
    int64_t starved;      /* times that connections had to wait for a descriptor */
    int64_t eventsMissed; /* left out while the owner was busy */
} WeirLogServerStats;

typedef struct WeirLogClientStats {
    int number;     /* from 1 */
    char peer[80];  /* its end of the signalling */
    int protocol;   /* WEIR_ITG_UDP or WEIR_ITG_TCP */
    int port;       /* where its records go */
    char name[201]; /* as it asked for it */
    char file[512]; /* where that is */
    bool active;
    WeirErr reason; /* why it ended otherwise than by ending its log */
    int64_t records, bytes, malformed, kernelDrops;
    int64_t logDropped; /* of the file: clients that share it share them */
} WeirLogClientStats;

int WeirLogServerNew(WeirEngine *engine, const WeirLogServerSpec *spec,
                     WeirEventQueue *queue, void *owner, WeirLogServer **out,
                     WeirErr *err);

int WeirLogServerStart(WeirLogServer *server, WeirErr *err);
/* Stop listening; what the clients have sent is written, then their logs end (EV_IDLE).
 */
void WeirLogServerStop(WeirLogServer *server);
bool WeirLogServerIdle(WeirLogServer *server);

void WeirLogServerGetStats(WeirLogServer *server, WeirLogServerStats *out);
/* The clients, oldest first, to be freed with free(): all that are active and the last
 * 1000 that have ended.  Answers how many, or WEIR_E_MEMORY. */
int WeirLogServerClients(WeirLogServer *server, WeirLogClientStats **out);
/* One of them by its number; false when it is forgotten. */
bool WeirLogServerClient(WeirLogServer *server, int number, WeirLogClientStats *out);
/* How many have ended since the first start. */
int64_t WeirLogServerClientsEnded(WeirLogServer *server);

/* Keep it for a while; each Ref is matched by an Unref. */
WeirLogServer *WeirLogServerRef(WeirLogServer *server);
void WeirLogServerUnref(WeirLogServer *server);

/* The owner lets go: stops it, no more events. */
void WeirLogServerRelease(WeirLogServer *server);

#endif
