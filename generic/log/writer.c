/* Logs as others see them: opening and sharing files, lanes, figures, closing.  What
 * happens to the records is in writerThread.c. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "itg/record.h"
#include "log/native.h"
#include "log/writerInt.h"
#include "thread.h"

enum {
    LANES = WEIR_LOG_LANES,
    LANE_SLOTS = 64 * 1024,     /* 0.6 s of 100,000 packets/s */
    RAW_LANE_SLOTS = 16 * 1024, /* their elements are larger */
    NOTE_BYTES = 64 * 1024,
    FLUSH_WAIT_S = 5,
    POLL_US = 2000
};
#define REOPEN_NS WEIR_NS_PER_S /* for a log's end, before its file is opened again */

/* One file opens at a time, which may take a disk's time, and one sink. */
static pthread_mutex_t openLock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t sinkLock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t listLock = PTHREAD_MUTEX_INITIALIZER; /* guards these; short */
static WeirLog *openLogs;
static int ending; /* of them, that nobody uses any more */

/* ------------------------------------------------------------ opening */

/* Whether a file that is about to be overwritten is empty, a log, or the null device. */
static int CheckTarget(int fd, const struct stat *st, const char *path, WeirErr *err)
{
    uint8_t head[WEIR_ITG_RECORD_BYTES];
    struct stat null;
    ssize_t n;
    if (S_ISCHR(st->st_mode) && stat("/dev/null", &null) == 0 &&
        st->st_rdev == null.st_rdev)
        return WEIR_OK;
    if (!S_ISREG(st->st_mode))
        return WeirFail(err, WEIR_E_ARG, "log \"%.200s\" is not a regular file", path);
    if (st->st_size == 0)
        return WEIR_OK;
    n = pread(fd, head, sizeof head, 0);
    if (n < 0)
        return WeirFailErrno(err, errno, "cannot read \"%.200s\"", path);
    if ((n >= (ssize_t)sizeof weirNativeMagic &&
         memcmp(head, weirNativeMagic, sizeof weirNativeMagic) == 0) ||
        (n == sizeof head && WeirItgRecordPlausible(head)))
        return WEIR_OK;
    return WeirFail(
        err, WEIR_E_ARG,
        "\"%.200s\" exists and is not a log: name a new file, an empty one or "
        "a log to be replaced",
        path);
}

static WeirLog *LogNew(const char *path, WeirLogFormat format)
{
    WeirLog *log = calloc(1, sizeof *log);
    uint8_t *batch = malloc(WEIR_LOG_BATCH_BYTES);
    char *pathCopy = strdup(path);
    pthread_condattr_t monotonic;
    if (!log || !batch || !pathCopy) {
        free(log);
        free(batch);
        free(pathCopy);
        return NULL;
    }
    log->path = pathCopy;
    log->format = format;
    log->fd = -1;
    log->batch = batch;
    log->chunkAt = WEIR_LOG_BATCH_BYTES;
    log->lastRemark = &log->remarks;
    log->lastEntry = &log->entries;
    pthread_mutex_init(&log->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&log->wake, &monotonic);
    pthread_cond_init(&log->flushed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return log;
}

static void FreeEntries(WeirLogEntry *entry)
{
    WeirLogEntry *next;
    for (; entry; entry = next) {
        next = entry->next;
        free(entry);
    }
}

static void LogFree(WeirLog *log)
{
    uint32_t k;
    int i;
    for (i = 0; i < 2 * LANES; i++) {
        WeirLogLane *lane = atomic_load(&log->lanes[i]);
        if (lane)
            WeirRingFree(lane->ring);
        free(lane);
    }
    pthread_mutex_destroy(&log->lock);
    pthread_cond_destroy(&log->wake);
    pthread_cond_destroy(&log->flushed);
    FreeEntries(log->entries);
    FreeEntries(log->freeEntries);
    for (k = 0; k < log->knownRoom; k++)
        free(log->known[k]);
    free(log->known);
    free(log->batch);
    free(log->path);
    free(log);
}

/* The log begins to work and is one that this process writes. */
static int StartThread(WeirLog *log, WeirErr *err)
{
    pthread_t thread;
    int rc;
    atomic_init(&log->refs, 2); /* the first user's and the thread's */
    log->users = 1;
    pthread_mutex_lock(&listLock);
    rc = WeirThreadStart(&thread, "weir-log", WeirLogRun, log);
    if (rc == 0) {
        pthread_detach(thread);
        log->next = openLogs;
        openLogs = log;
    }
    pthread_mutex_unlock(&listLock);
    return rc == 0
               ? WEIR_OK
               : WeirFailErrno(err, rc, "cannot start the writer of %.200s", log->path);
}

/* The opened descriptor becomes an empty log with its thread; closes it on failure. */
static int Begin(int fd, const struct stat *st, const char *path, WeirLogFormat format,
                 uint64_t seed, const void *owner, WeirLog **out, WeirErr *err)
{
    WeirNativeHeader header = { WEIR_NATIVE_HEADER_BYTES, WeirRealNs(), seed };
    uint8_t bytes[WEIR_NATIVE_HEADER_BYTES];
    size_t len = format == WEIR_LOG_WEIR ? sizeof bytes : 0;
    WeirLog *log = LogNew(path, format);
    int rc;
    if (!log) {
        close(fd);
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for log \"%.200s\"", path);
    }
    log->fd = fd;
    log->owner = owner;
    log->device = st->st_dev;
    log->inode = st->st_ino;
    atomic_store(&log->ready, true);
    WeirNativeHeaderEncode(&header, bytes);
    if ((S_ISREG(st->st_mode) && ftruncate(fd, 0) < 0) ||
        WeirLogWriteAt(fd, bytes, len, 0) < len) {
        rc = WeirFailErrno(err, errno, "cannot write log \"%.200s\"", path);
    } else {
        log->fileBytes = (int64_t)len;
        rc = StartThread(log, err);
        if (rc == 0) {
            *out = log;
            return WEIR_OK;
        }
    }
    close(fd);
    LogFree(log);
    return rc;
}

/* Needs listLock. */
static WeirLog *AddUser(WeirLog *log)
{
    log->users++;
    atomic_fetch_add(&log->refs, 1);
    return log;
}

/* The log of this process that writes the file already; needs listLock. */
static WeirLog *FindFile(const struct stat *st)
{
    WeirLog *log = openLogs;
    while (log && (log->sink || log->device != st->st_dev || log->inode != st->st_ino))
        log = log->next;
    return log;
}

/* One more user of a log that this process has open for this owner, or NULL. */
static int Share(const struct stat *st, const char *path, WeirLogFormat format,
                 const void *owner, WeirLog **out, WeirErr *err)
{
    WeirLog *log;
    const char *why = NULL;
    pthread_mutex_lock(&listLock);
    log = S_ISREG(st->st_mode) ? FindFile(st) : NULL;
    if (log && log->users == 0)
        why = "is still being written out";
    else if (log && log->owner != owner)
        why = "is being written by another part of this program: name another file";
    else if (log && log->format != format)
        why = "is being written in the other format: use one format for all that share "
              "a file";
    *out = log && !why ? AddUser(log) : NULL;
    pthread_mutex_unlock(&listLock);
    return why ? WeirFail(err, WEIR_E_STATE, "log \"%.200s\" %s", path, why) : WEIR_OK;
}

static int OpenLocked(int fd, const char *path, WeirLogFormat format, uint64_t seed,
                      const void *owner, WeirLog **out, WeirErr *err)
{
    struct stat st;
    int rc;
    if (fstat(fd, &st) < 0)
        return WeirFailErrno(err, errno, "cannot examine log \"%.200s\"", path);
    rc = Share(&st, path, format, owner, out, err);
    if (rc < 0 || *out)
        return rc;
    if (S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
        return WeirFail(err, WEIR_E_STATE,
                        "log \"%.200s\" is being written by another process", path);
    rc = CheckTarget(fd, &st, path, err);
    if (rc < 0)
        return rc;
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return WeirFailErrno(err, errno, "cannot open log \"%.200s\"", path);
    return Begin(fd, &st, path, format, seed, owner, out, err);
}

/* A log of the same file that nobody uses any more may still be busy with its end. */
static void AwaitFormer(const char *path)
{
    int64_t until = WeirMonoNs() + REOPEN_NS;
    struct stat st;
    bool busy = stat(path, &st) == 0;
    while (busy) {
        const WeirLog *log;
        pthread_mutex_lock(&listLock);
        log = FindFile(&st);
        busy = log && log->users == 0 && WeirMonoNs() < until;
        pthread_mutex_unlock(&listLock);
        if (busy)
            usleep(POLL_US);
    }
}

int WeirLogOpen(const char *path, WeirLogFormat format, uint64_t seed, const void *owner,
                WeirLog **out, WeirErr *err)
{
    int fd, rc;
    *out = NULL;
    if (format != WEIR_LOG_ITG && format != WEIR_LOG_WEIR)
        return WeirFail(err, WEIR_E_ARG, "a log is written as itg or weir, not as text");
    AwaitFormer(path);
    pthread_mutex_lock(&openLock);
    fd = open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0) {
        rc = WeirFailErrno(err, errno, "cannot open log \"%.200s\"", path);
    } else {
        rc = OpenLocked(fd, path, format, seed, owner, out, err);
        close(fd);
    }
    pthread_mutex_unlock(&openLock);
    return rc;
}

/* One more user of a log with a sink of this name, or NULL. */
static WeirLog *ShareSink(const char *name)
{
    WeirLog *log;
    pthread_mutex_lock(&listLock);
    for (log = openLogs; log; log = log->next)
        if (log->sink && log->users > 0 && strcmp(log->path, name) == 0 &&
            WeirLogError(log, NULL) == 0)
            break;
    if (log)
        AddUser(log);
    pthread_mutex_unlock(&listLock);
    return log;
}

static int OpenSinkLocked(const WeirLogSink *sink, void *arg, const char *name,
                          WeirLog **out, WeirErr *err)
{
    WeirLog *log = ShareSink(name);
    int rc;
    *out = log;
    if (log)
        return 1;
    log = LogNew(name, WEIR_LOG_ITG);
    if (!log)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for %.200s", name);
    log->sink = sink;
    log->sinkArg = arg;
    rc = StartThread(log, err);
    if (rc == 0)
        *out = log;
    else
        LogFree(log);
    return rc;
}

int WeirLogOpenSink(const WeirLogSink *sink, void *arg, const char *name, WeirLog **out,
                    WeirErr *err)
{
    int rc;
    pthread_mutex_lock(&sinkLock);
    rc = OpenSinkLocked(sink, arg, name, out, err);
    pthread_mutex_unlock(&sinkLock);
    return rc;
}

WeirLog *WeirLogRef(WeirLog *log)
{
    pthread_mutex_lock(&listLock);
    AddUser(log);
    pthread_mutex_unlock(&listLock);
    return log;
}

/* ------------------------------------------------------------ using */

static void EncodeEntry(WeirLogFormat format, uint32_t index, const WeirLogFlow *flow,
                        WeirLogEntry *entry)
{
    char src[WEIR_ADDR_TEXT], dst[WEIR_ADDR_TEXT];
    WeirItgRecord record;
    if (format == WEIR_LOG_WEIR) {
        WeirNativeFlowEncode(index, flow, entry->bytes);
        return;
    }
    memset(&record, 0, sizeof record);
    record.flow = flow->id;
    record.srcPort = WeirAddrPort(&flow->src);
    record.dstPort = WeirAddrPort(&flow->dst);
    WeirAddrHost(&flow->src, src);
    WeirAddrHost(&flow->dst, dst);
    /* D-ITG has no way to say that an address is not known. */
    snprintf(record.src, sizeof record.src, "%.45s", src[0] ? src : "0.0.0.0");
    snprintf(record.dst, sizeof record.dst, "%.45s", dst[0] ? dst : "0.0.0.0");
    WeirItgRecordEncode(&record, entry->bytes);
}

/* On its way to the writer; needs the lock. */
static void Submit(WeirLog *log, WeirLogEntry *entry)
{
    entry->next = NULL;
    *log->lastEntry = entry;
    log->lastEntry = &entry->next;
}

int WeirLogAddFlow(WeirLog *log, const WeirLogFlow *flow, uint32_t *index, WeirErr *err)
{
    WeirLogEntry *entry;
    pthread_mutex_lock(&log->lock);
    entry = log->freeEntries;
    if (entry)
        log->freeEntries = entry->next;
    else if ((entry = malloc(sizeof *entry)))
        entry->index = log->entryCount++;
    if (entry) {
        *index = entry->index;
        EncodeEntry(log->format, entry->index, flow, entry);
        entry->dropped = false;
        Submit(log, entry);
    }
    pthread_mutex_unlock(&log->lock);
    return entry ? WEIR_OK
                 : WeirFail(err, WEIR_E_MEMORY, "out of memory for the log's flow table");
}

void WeirLogDropFlow(WeirLog *log, uint32_t index)
{
    WeirLogEntry *entry;
    if (log->format != WEIR_LOG_ITG || !(entry = malloc(sizeof *entry)))
        return;
    entry->index = index;
    entry->dropped = true;
    pthread_mutex_lock(&log->lock);
    Submit(log, entry);
    pthread_mutex_unlock(&log->lock);
}

/* Without a part of a character at the end. */
static size_t CutText(const char *text)
{
    size_t len = strlen(text);
    if (len <= NOTE_BYTES)
        return len;
    for (len = NOTE_BYTES; len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80; len--)
        continue;
    return len;
}

int WeirLogAddNote(WeirLog *log, uint32_t flow, int64_t timeNs, const char *text,
                   WeirErr *err)
{
    size_t len = CutText(text);
    WeirLogRemark *note;
    if (log->format != WEIR_LOG_WEIR)
        return WEIR_OK;
    note = malloc(sizeof *note + WEIR_NATIVE_NOTE_BYTES + len);
    if (!note)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for a remark in the log");
    note->next = NULL;
    note->flow = flow;
    note->len = (uint32_t)(WEIR_NATIVE_NOTE_BYTES + len);
    WeirNativeNoteEncode(timeNs, flow, note->bytes);
    memcpy(note->bytes + WEIR_NATIVE_NOTE_BYTES, text, len);
    pthread_mutex_lock(&log->lock);
    *log->lastRemark = note;
    log->lastRemark = &note->next;
    pthread_mutex_unlock(&log->lock);
    return WEIR_OK;
}

/* The lane in a place of the log's array, made when there is none. */
static WeirLogLane *LaneAt(WeirLog *log, int place)
{
    bool raw = place >= LANES;
    WeirLogLane *lane;
    pthread_mutex_lock(&log->lock);
    lane = atomic_load(&log->lanes[place]);
    if (!lane && (lane = calloc(1, sizeof *lane))) {
        lane->log = log;
        lane->raw = raw;
        lane->slots = raw ? RAW_LANE_SLOTS : LANE_SLOTS;
        lane->ring =
            WeirRingNew(lane->slots, raw ? WEIR_ITG_RECORD_BYTES : sizeof(WeirRecord));
        if (lane->ring) {
            atomic_store(&log->lanes[place], lane);
        } else {
            free(lane);
            lane = NULL;
        }
    }
    pthread_mutex_unlock(&log->lock);
    return lane;
}

WeirLogLane *WeirLogLaneFor(WeirLog *log, int producer)
{
    return producer < 0 || producer >= LANES ? NULL : LaneAt(log, producer);
}

WeirLogLane *WeirLogRawLaneFor(WeirLog *log, int producer)
{
    return producer < 0 || producer >= LANES || log->format != WEIR_LOG_ITG
               ? NULL
               : LaneAt(log, LANES + producer);
}

static bool Put(WeirLogLane *lane, const void *element)
{
    if (lane && WeirRingPut(lane->ring, element))
        return true;
    if (lane)
        atomic_fetch_add_explicit(&lane->dropped, 1, memory_order_relaxed);
    return false;
}

bool WeirLogPut(WeirLogLane *lane, const WeirRecord *record)
{
    return Put(lane, record);
}

bool WeirLogPutRaw(WeirLogLane *lane, const uint8_t record[WEIR_ITG_RECORD_BYTES])
{
    return Put(lane, record);
}

size_t WeirLogLaneRoom(WeirLogLane *lane)
{
    return lane ? lane->slots - WeirRingUsed(lane->ring) : 0;
}

struct timespec WeirLogDeadline(int64_t afterNs)
{
    int64_t at = WeirMonoNs() + afterNs;
    struct timespec t = { at / WEIR_NS_PER_S, at % WEIR_NS_PER_S };
    return t;
}

static int NotInTime(WeirErr *err)
{
    return WeirFail(err, WEIR_E_TIMEOUT, "the log was not written out within %d s",
                    FLUSH_WAIT_S);
}

int WeirLogFlush(WeirLog *log, WeirErr *err)
{
    struct timespec until = WeirLogDeadline(FLUSH_WAIT_S * WEIR_NS_PER_S);
    uint64_t wanted;
    int rc = 0;
    bool done;
    pthread_mutex_lock(&log->lock);
    wanted = ++log->flushWanted;
    pthread_cond_signal(&log->wake);
    while (log->flushDone < wanted && !log->ended && rc == 0)
        rc = pthread_cond_timedwait(&log->flushed, &log->lock, &until);
    done = log->flushDone >= wanted || log->ended;
    pthread_mutex_unlock(&log->lock);
    return done ? WeirLogError(log, err) : NotInTime(err);
}

bool WeirLogIdle(WeirLog *log)
{
    bool remarks;
    int i;
    pthread_mutex_lock(&log->lock);
    remarks = log->remarks != NULL;
    pthread_mutex_unlock(&log->lock);
    if (remarks)
        return false;
    for (i = 0; i < 2 * LANES; i++) {
        WeirLogLane *lane = atomic_load(&log->lanes[i]);
        if (lane && WeirRingUsed(lane->ring) > 0)
            return false;
    }
    /* The writer empties a lane only while this is set, so it is looked at last. */
    return !atomic_load(&log->sweeping);
}

int64_t WeirLogWritten(WeirLog *log)
{
    return atomic_load(&log->written);
}

int64_t WeirLogDropped(WeirLog *log)
{
    int64_t sum = atomic_load(&log->dropped);
    int i;
    for (i = 0; i < 2 * LANES; i++) {
        WeirLogLane *lane = atomic_load(&log->lanes[i]);
        if (lane)
            sum += atomic_load_explicit(&lane->dropped, memory_order_relaxed);
    }
    return sum;
}

int WeirLogError(WeirLog *log, WeirErr *err)
{
    int code;
    pthread_mutex_lock(&log->lock);
    code = log->error.code;
    if (code && err)
        *err = log->error;
    pthread_mutex_unlock(&log->lock);
    return code;
}

int WeirLogReady(WeirLog *log, WeirErr *err)
{
    int rc = WeirLogError(log, err);
    return rc < 0 ? rc : atomic_load(&log->ready);
}

/* ------------------------------------------------------------ the end */

/* Whether the last user is gone. */
static bool Finish(WeirLog *log)
{
    bool last;
    pthread_mutex_lock(&listLock);
    last = --log->users == 0;
    ending += last;
    pthread_mutex_unlock(&listLock);
    if (last) {
        pthread_mutex_lock(&log->lock);
        log->stop = true;
        pthread_cond_signal(&log->wake);
        pthread_mutex_unlock(&log->lock);
    }
    return last;
}

void WeirLogFinish(WeirLog *log)
{
    Finish(log);
}

bool WeirLogEnded(WeirLog *log)
{
    bool ended;
    pthread_mutex_lock(&log->lock);
    ended = log->ended;
    pthread_mutex_unlock(&log->lock);
    return ended;
}

/* The next sweep to begin takes all that is in the lanes now. */
uint64_t WeirLogMark(WeirLog *log)
{
    return atomic_load(&log->sweepsBegun) + 1;
}

bool WeirLogComplete(WeirLog *log, uint64_t mark)
{
    bool used;
    pthread_mutex_lock(&listLock);
    used = log->users > 0;
    pthread_mutex_unlock(&listLock);
    if (!used)
        return WeirLogEnded(log);
    return atomic_load(&log->sweepsDone) >= mark || WeirLogIdle(log);
}

WeirLog *WeirLogHold(WeirLog *log)
{
    atomic_fetch_add(&log->refs, 1);
    return log;
}

void WeirLogUnref(WeirLog *log)
{
    if (log && atomic_fetch_sub(&log->refs, 1) == 1)
        LogFree(log);
}

void WeirLogLeave(WeirLog *log)
{
    if (!log)
        return;
    Finish(log);
    WeirLogUnref(log);
}

void WeirLogEnd(WeirLog *log)
{
    WeirLog **link = &openLogs;
    WeirErr err;
    if (log->sink && log->sink->close(log->sinkArg, &err) < 0)
        WeirLogFailed(log, &err);
    else if (!log->sink && close(log->fd) < 0)
        WeirLogFileFailed(log, errno);
    pthread_mutex_lock(&listLock);
    while (*link != log)
        link = &(*link)->next;
    *link = log->next;
    ending--;
    pthread_mutex_unlock(&listLock);
    pthread_mutex_lock(&log->lock);
    log->ended = true;
    pthread_cond_broadcast(&log->flushed);
    pthread_mutex_unlock(&log->lock);
    WeirLogUnref(log);
}

static int AwaitEnd(WeirLog *log, WeirErr *err)
{
    struct timespec until = WeirLogDeadline(FLUSH_WAIT_S * WEIR_NS_PER_S);
    int rc = 0;
    bool ended;
    pthread_mutex_lock(&log->lock);
    while (!log->ended && rc == 0)
        rc = pthread_cond_timedwait(&log->flushed, &log->lock, &until);
    ended = log->ended;
    pthread_mutex_unlock(&log->lock);
    return ended ? WeirLogError(log, err) : NotInTime(err);
}

int WeirLogClose(WeirLog *log, WeirErr *err)
{
    int rc = Finish(log) ? AwaitEnd(log, err) : WeirLogFlush(log, err);
    WeirLogUnref(log);
    return rc;
}

int WeirLogsSettle(int64_t timeoutNs)
{
    int64_t until = WeirMonoNs() + timeoutNs;
    int busy;
    for (;;) {
        pthread_mutex_lock(&listLock);
        busy = ending;
        pthread_mutex_unlock(&listLock);
        if (busy == 0 || WeirMonoNs() >= until)
            return busy;
        usleep(POLL_US);
    }
}
