/* log: record files of every format - writing behind a ring, reading, summary, intervals.
 *
 * This header: writing.  Packet paths put records into a lane (one per producing thread,
 * a bounded ring); a writer thread of the file empties all lanes into it at least every
 * 100 ms. A full lane or a failed disk never stalls the packet path: the record is
 * counted as dropped. After a write error the file ends at the last whole record and
 * decodes. */
#ifndef WEIR_LOG_H
#define WEIR_LOG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/addr.h"
#include "base/err.h"
#include "itg/record.h"

typedef enum WeirLogFormat {
    WEIR_LOG_ITG,  /* D-ITG binary: 144-byte records, time of day, no header */
    WEIR_LOG_WEIR, /* header, flow table, nanoseconds; see log/native.h */
    WEIR_LOG_TEXT  /* ITGDec's text form: is read and exported, not written here */
} WeirLogFormat;

/* One packet as recorded.  32 bytes. */
typedef struct WeirRecord {
    int64_t txNs, rxNs; /* CLOCK_REALTIME of sending and receiving, ns since 1970 UTC */
    uint32_t flow;      /* index that WeirLogAddFlow gave */
    uint32_t seq;       /* from 1; 0 where the payload carries none */
    uint32_t size;      /* payload bytes, D-ITG header included */
    uint32_t reserved;  /* 0 */
} WeirRecord;

/* Who a flow is.  For UDP receivers one entry per source address. */
typedef struct WeirLogFlow {
    uint32_t id; /* D-ITG flow id */
    WeirAddr src, dst;
    uint8_t protocol; /* D-ITG L4 code: TCP 1, UDP 2, ICMP 3, SCTP 4, DCCP 5 */
    uint8_t meter;    /* OWDM 1, RTTM 2 */
    uint8_t payload;  /* metadata kind 0, 1, 2 */
    uint8_t side;     /* 0 sender's log, 1 receiver's log */
} WeirLogFlow;

typedef struct WeirLog WeirLog;
typedef struct WeirLogLane WeirLogLane;

/* Create (truncate) a log file and start its writer.  A file that this process writes
 * already is shared with the same `owner` (any address, NULL too) in the same format,
 * else refused (WEIR_E_STATE); one that is just being ended is waited for, at most 1 s.
 * Waits for the disk as well: no affair of a worker.
 * An existing file that is neither empty nor a binary log is refused (WEIR_E_ARG): a
 * record file never overwrites something else; nor does it another process's open log
 * (WEIR_E_STATE).  /dev/null is accepted.  `seed`: the experiment seed for the header. */
int WeirLogOpen(const char *path, WeirLogFormat format, uint64_t seed, const void *owner,
                WeirLog **out, WeirErr *err);

/* Where the records of a log go other than into a file.  The functions are called by the
 * log's own thread and may wait; what comes meanwhile waits in the lanes. */
typedef struct WeirLogSink {
    /* Before the first record; 0 or a negative class code. */
    int (*open)(void *arg, WeirErr *err);
    /* Takes records in D-ITG's binary form and answers how many; when these are fewer
     * than `count` it has failed, err says why, and no more come. */
    size_t (*put)(void *arg, const uint8_t *records, size_t count, WeirErr *err);
    /* The last call, also after a failure: to end in order, and to free `arg`.  A
     * negative class code, and why, when the records may not be safe. */
    int (*close)(void *arg, WeirErr *err);
} WeirLogSink;

/* A log of D-ITG records that feeds a sink.  One of the same `name` that this process has
 * open is shared (1), unless it has failed; then, and on failure, the caller keeps `arg`.
 */
int WeirLogOpenSink(const WeirLogSink *sink, void *arg, const char *name, WeirLog **out,
                    WeirErr *err);

/* One more user, who closes the log as well: by Close, or by Finish and Unref. */
WeirLog *WeirLogRef(WeirLog *log);

/* 1 when records can be written (files: always), 0 while the sink is being opened, a
 * negative class code once the log has failed. */
int WeirLogReady(WeirLog *log, WeirErr *err);

/* Add a flow to the file's table (any thread, takes a lock). */
int WeirLogAddFlow(WeirLog *log, const WeirLogFlow *flow, uint32_t *index, WeirErr *err);

/* The flow's records are all in the file (WeirLogComplete) and no more come: in D-ITG's
 * format its place in the table is free for another one. */
void WeirLogDropFlow(WeirLog *log, uint32_t index);

/* A remark about a flow of the file, such as a change of its rate, with its time
 * (CLOCK_REALTIME).  Any thread, takes a lock.  Weir's format keeps it, cut to 64 KiB;
 * D-ITG's has no place for it. */
int WeirLogAddNote(WeirLog *log, uint32_t flow, int64_t timeNs, const char *text,
                   WeirErr *err);

/* The lane of one producing thread, 0 <= producer < 64, made at first use (takes a lock).
 * Belongs to the log and lives as long as it.  NULL when out of memory; records put into
 * NULL are refused. */
WeirLogLane *WeirLogLaneFor(WeirLog *log, int producer);

/* Never waits.  False: the record was dropped and counted. */
bool WeirLogPut(WeirLogLane *lane, const WeirRecord *record);

/* The same for records that are encoded already: a lane beside the other one, for logs in
 * D-ITG's format (else NULL).  A producer that can wait asks for the room in a lane
 * first. */
WeirLogLane *WeirLogRawLaneFor(WeirLog *log, int producer);
bool WeirLogPutRaw(WeirLogLane *lane, const uint8_t record[WEIR_ITG_RECORD_BYTES]);
size_t WeirLogLaneRoom(WeirLogLane *lane);

/* Wait until everything put so far is in the file (bounded by 5 s).  Any thread but the
 * writer.  Returns the file's write error, if there was one. */
int WeirLogFlush(WeirLog *log, WeirErr *err);

/* Whether everything put so far is in the file; never waits. */
bool WeirLogIdle(WeirLog *log);

/* Records written; records dropped (full lane or failed disk); the first write error, if
 * any. */
int64_t WeirLogWritten(WeirLog *log);
int64_t WeirLogDropped(WeirLog *log);
int WeirLogError(WeirLog *log, WeirErr *err);

/* One user less, who puts nothing more.  After the last one the log's thread writes what
 * is left and ends the file or the sink.  Never waits; the log can be asked until
 * Unref. */
void WeirLogFinish(WeirLog *log);
/* A mark behind everything put so far.  And whether all that is in the file and, once all
 * users have finished, the file or sink is ended; what others put after the mark does not
 * count.  Neither waits. */
uint64_t WeirLogMark(WeirLog *log);
bool WeirLogComplete(WeirLog *log, uint64_t mark);
void WeirLogUnref(WeirLog *log);
/* Keep a log for its figures, without being a user; matched by an Unref.  And whether it
 * has ended. */
WeirLog *WeirLogHold(WeirLog *log);
bool WeirLogEnded(WeirLog *log);
/* Both (NULL allowed). */
void WeirLogLeave(WeirLog *log);

/* Finish, wait (at most 5 s) until it is complete, Unref.  Returns the log's error, if
 * there was one, or WEIR_E_TIMEOUT. */
int WeirLogClose(WeirLog *log, WeirErr *err);

/* Wait, at most so long, until all logs that nobody uses any more have ended; answers how
 * many have not. */
int WeirLogsSettle(int64_t timeoutNs);

#endif
