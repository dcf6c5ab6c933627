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
    FLUSH_WAIT_S = 5
};

static pthread_mutex_t openLock = PTHREAD_MUTEX_INITIALIZER;
static WeirLog *openLogs;
static atomic_int lingering; /* closed logs whose sinks are still busy */

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
    log->users = 1;
    log->format = format;
    log->fd = -1;
    log->batch = batch;
    log->chunkAt = WEIR_LOG_BATCH_BYTES;
    log->lastRemark = &log->remarks;
    pthread_mutex_init(&log->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&log->wake, &monotonic);
    pthread_cond_init(&log->flushed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return log;
}

static void LogFree(WeirLog *log)
{
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
    free(log->entries);
    free(log->known);
    free(log->batch);
    free(log->path);
    free(log);
}

/* The opened descriptor becomes an empty log with its thread; closes it on failure. */
static int Begin(int fd, const struct stat *st, const char *path, WeirLogFormat format,
                 uint64_t seed, WeirLog **out, WeirErr *err)
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
    log->device = st->st_dev;
    log->inode = st->st_ino;
    atomic_store(&log->ready, true);
    WeirNativeHeaderEncode(&header, bytes);
    if ((S_ISREG(st->st_mode) && ftruncate(fd, 0) < 0) ||
        WeirLogWriteAt(fd, bytes, len, 0) < len) {
        rc = WeirFailErrno(err, errno, "cannot write log \"%.200s\"", path);
    } else {
        log->fileBytes = (int64_t)len;
        rc = WeirThreadStart(&log->thread, "weir-log", WeirLogRun, log);
        if (rc == 0) {
            *out = log;
            return WEIR_OK;
        }
        rc = WeirFailErrno(err, rc, "cannot start the writer of log \"%.200s\"", path);
    }
    close(fd);
    LogFree(log);
    return rc;
}

/* The log of this process that writes the file already; needs openLock. */
static int Share(const struct stat *st, const char *path, WeirLogFormat format,
                 WeirLog **out, WeirErr *err)
{
    WeirLog *log = openLogs;
    while (log && (log->device != st->st_dev || log->inode != st->st_ino))
        log = log->next;
    *out = log;
    if (!log)
        return WEIR_OK;
    if (log->format != format)
        return WeirFail(err, WEIR_E_STATE,
                        "log \"%.200s\" is being written in the other format: use one "
                        "format for all that share a file",
                        path);
    log->users++;
    return WEIR_OK;
}

static int OpenLocked(int fd, const char *path, WeirLogFormat format, uint64_t seed,
                      WeirLog **out, WeirErr *err)
{
    struct stat st;
    int rc;
    if (fstat(fd, &st) < 0)
        return WeirFailErrno(err, errno, "cannot examine log \"%.200s\"", path);
    rc = Share(&st, path, format, out, err);
    if (rc < 0 || *out)
        return rc;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
        return WeirFail(err, WEIR_E_STATE,
                        "log \"%.200s\" is being written by another process", path);
    rc = CheckTarget(fd, &st, path, err);
    if (rc < 0)
        return rc;
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0)
        return WeirFailErrno(err, errno, "cannot open log \"%.200s\"", path);
    rc = Begin(fd, &st, path, format, seed, out, err);
    if (rc == 0) {
        (*out)->next = openLogs;
        openLogs = *out;
    }
    return rc;
}

int WeirLogOpen(const char *path, WeirLogFormat format, uint64_t seed, WeirLog **out,
                WeirErr *err)
{
    int fd, rc;
    *out = NULL;
    if (format != WEIR_LOG_ITG && format != WEIR_LOG_WEIR)
        return WeirFail(err, WEIR_E_ARG, "a log is written as itg or weir, not as text");
    pthread_mutex_lock(&openLock);
    fd = open(path, O_RDWR | O_CREAT | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0666);
    if (fd < 0) {
        rc = WeirFailErrno(err, errno, "cannot open log \"%.200s\"", path);
    } else {
        rc = OpenLocked(fd, path, format, seed, out, err);
        close(fd);
    }
    pthread_mutex_unlock(&openLock);
    return rc;
}

int WeirLogOpenSink(const WeirLogSink *sink, void *arg, const char *name, WeirLog **out,
                    WeirErr *err)
{
    WeirLog *log = LogNew(name, WEIR_LOG_ITG);
    int rc;
    *out = log;
    if (!log)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for %.200s", name);
    log->sink = sink;
    log->sinkArg = arg;
    rc = WeirThreadStart(&log->thread, "weir-log", WeirLogRun, log);
    if (rc == 0)
        return WEIR_OK;
    LogFree(log);
    *out = NULL;
    return WeirFailErrno(err, rc, "cannot start the writer of %.200s", name);
}

WeirLog *WeirLogRef(WeirLog *log)
{
    pthread_mutex_lock(&openLock);
    log->users++;
    pthread_mutex_unlock(&openLock);
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

int WeirLogAddFlow(WeirLog *log, const WeirLogFlow *flow, uint32_t *index, WeirErr *err)
{
    int rc = WEIR_OK;
    pthread_mutex_lock(&log->lock);
    if (log->entryCount == log->entryRoom) {
        uint32_t room = log->entryRoom ? log->entryRoom * 2 : 16;
        WeirLogEntry *more = realloc(log->entries, room * sizeof *more);
        if (more) {
            log->entries = more;
            log->entryRoom = room;
        }
    }
    if (log->entryCount == log->entryRoom) {
        rc = WeirFail(err, WEIR_E_MEMORY, "out of memory for the log's flow table");
    } else {
        *index = log->entryCount++;
        EncodeEntry(log->format, *index, flow, &log->entries[*index]);
    }
    pthread_mutex_unlock(&log->lock);
    return rc;
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

int WeirLogFlush(WeirLog *log, WeirErr *err)
{
    struct timespec until = WeirLogDeadline(FLUSH_WAIT_S * WEIR_NS_PER_S);
    uint64_t wanted;
    int rc = 0;
    pthread_mutex_lock(&log->lock);
    wanted = ++log->flushWanted;
    pthread_cond_signal(&log->wake);
    while (log->flushDone < wanted && rc == 0)
        rc = pthread_cond_timedwait(&log->flushed, &log->lock, &until);
    rc = log->flushDone >= wanted ? WEIR_OK : WEIR_E_TIMEOUT;
    pthread_mutex_unlock(&log->lock);
    if (rc < 0)
        return WeirFail(err, rc, "the log was not written out within %d s", FLUSH_WAIT_S);
    return WeirLogError(log, err);
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

int WeirLogsSettle(int64_t timeoutNs)
{
    int64_t until = WeirMonoNs() + timeoutNs;
    int busy;
    while ((busy = atomic_load(&lingering)) > 0 && WeirMonoNs() < until)
        usleep(2000);
    return busy;
}

static void AskToStop(WeirLog *log)
{
    pthread_mutex_lock(&log->lock);
    log->stop = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->lock);
}

/* Its thread goes on alone and frees it. */
static void LeaveSink(WeirLog *log)
{
    atomic_fetch_add(&lingering, 1);
    pthread_detach(log->thread);
    AskToStop(log);
}

void WeirLogSinkDone(WeirLog *log)
{
    log->sink->close(log->sinkArg);
    LogFree(log);
    atomic_fetch_sub(&lingering, 1);
}

int WeirLogClose(WeirLog *log, WeirErr *err)
{
    WeirLog **link = &openLogs;
    int rc = log->sink ? WeirLogError(log, err) : WeirLogFlush(log, err);
    pthread_mutex_lock(&openLock);
    if (--log->users > 0) {
        pthread_mutex_unlock(&openLock);
        return rc;
    }
    if (log->sink) {
        pthread_mutex_unlock(&openLock);
        LeaveSink(log);
        return rc;
    }
    AskToStop(log);
    pthread_join(log->thread, NULL);
    if (close(log->fd) < 0)
        WeirLogFileFailed(log, errno);
    rc = WeirLogError(log, err);
    while (*link != log)
        link = &(*link)->next;
    *link = log->next;
    pthread_mutex_unlock(&openLock);
    LogFree(log);
    return rc;
}
