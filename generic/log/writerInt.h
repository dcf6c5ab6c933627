/* Private to room log: a log as writer.c (opening, lanes, figures) and writerThread.c
 * (the thread that empties the lanes) see it.
 *
 * The lock guards what producers' slow paths and the writer share: the flow table, lane
 * creation, stop and flush requests, the first error.  It is never held during a write.
 */
#ifndef WEIR_LOG_WRITERINT_H
#define WEIR_LOG_WRITERINT_H
#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>
#include <time.h>
#include "base/ring.h"
#include "log/log.h"

enum { WEIR_LOG_LANES = 64, WEIR_LOG_BATCH_BYTES = 256 * 1024 };

/* A flow as it goes into the file: for D-ITG a record that lacks only sequence number,
 * size and times, for Weir's format the flow chunk's body.  The writer keeps those of
 * D-ITG's format until they are dropped; their places are free for other flows then. */
typedef struct WeirLogEntry {
    struct WeirLogEntry *next;
    uint32_t index;
    bool dropped; /* a request to drop the one with this index */
    uint8_t bytes[WEIR_ITG_RECORD_BYTES];
} WeirLogEntry;

/* A remark on its way to the file, as its chunk has it. */
typedef struct WeirLogRemark {
    struct WeirLogRemark *next;
    uint32_t flow, len;
    uint8_t bytes[];
} WeirLogRemark;

struct WeirLogLane {
    WeirLog *log;
    WeirRing *ring;
    size_t slots;
    bool raw; /* of encoded D-ITG records instead of WeirRecords */
    atomic_llong dropped;
};

struct WeirLog {
    WeirLog *next;   /* among the logs that this process writes; guarded by listLock */
    int users;       /* who may put records; guarded by listLock */
    atomic_int refs; /* the users' and the thread's */
    const void *owner;
    dev_t device;
    ino_t inode;
    WeirLogFormat format;
    char *path; /* of the file, or what the sink is */
    int fd;
    const WeirLogSink *sink; /* NULL: a file */
    void *sinkArg;

    pthread_mutex_t lock;
    pthread_cond_t wake, flushed;
    bool stop, ended;
    uint64_t flushWanted, flushDone;    /* sweeps asked for by number, and done */
    WeirLogEntry *entries, **lastEntry; /* on their way to the writer */
    WeirLogEntry *freeEntries;          /* dropped, each with its place */
    uint32_t entryCount;                /* places given out so far */
    WeirLogRemark *remarks, **lastRemark;
    WeirErr error; /* the first one; code 0: none */

    WeirLogLane *_Atomic lanes[2 * WEIR_LOG_LANES]; /* the second half: raw ones */
    atomic_bool ready;                              /* its sink is open */
    atomic_llong written, dropped;                  /* dropped: beyond what lanes count */
    atomic_bool sweeping; /* records may be out of their lane and not yet written */
    atomic_ullong sweepsBegun, sweepsDone;

    /* The writer thread's own. */
    WeirLogEntry **known; /* by index: D-ITG's format; NULL: none */
    uint32_t knownRoom;
    uint32_t announced; /* Weir's format: flows whose chunk is in the file */
    bool failed;
    int64_t fileBytes; /* the file's good length */
    uint8_t *batch;
    size_t batchBytes, batchRecords;
    size_t chunkAt; /* open packets chunk in the batch; WEIR_LOG_BATCH_BYTES: none */
};

/* --- writer.c -------------------------------------------------------------------------
 */
/* The last step of the log's thread: ends the file or the sink and lets the log go. */
void WeirLogEnd(WeirLog *log);
/* CLOCK_MONOTONIC so much later than now. */
struct timespec WeirLogDeadline(int64_t afterNs);

/* --- writerThread.c -------------------------------------------------------------------
 */
void *WeirLogRun(void *log);
/* The log failed for this reason, or its file did; the first one counts. */
void WeirLogFailed(WeirLog *log, const WeirErr *why);
void WeirLogFileFailed(WeirLog *log, int sysErrno);
/* Bytes written before an error; sets errno then. */
size_t WeirLogWriteAt(int fd, const uint8_t *data, size_t len, int64_t offset);

#endif
