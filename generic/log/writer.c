/* One writer thread per file.  Producers put records into their lanes and never wait for
 * it; it sweeps all lanes every 50 ms (every 5 ms while one of them fills fast), encodes
 * into a batch and writes that at once.
 *
 * The lock guards what producers' slow paths and the writer share: the flow table, lane
 * creation, stop and flush requests, the first error.  It is never held during a write.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/ring.h"
#include "itg/record.h"
#include "log/log.h"
#include "log/native.h"
#include "thread.h"

enum {
    LANES = 64,
    LANE_SLOTS = 64 * 1024, /* 0.6 s of 100,000 packets/s */
    FAST_FILL = LANE_SLOTS / 8,
    BATCH_BYTES = 256 * 1024,
    NOTE_BYTES = 64 * 1024,
    FLUSH_WAIT_S = 5
};

static const int64_t sweepNs = 50 * WEIR_NS_PER_MS, fastSweepNs = 5 * WEIR_NS_PER_MS;

/* A flow as it goes into the file: for D-ITG a record that lacks only sequence number,
 * size and times, for Weir's format the flow chunk's body. */
typedef struct Entry {
    uint8_t bytes[WEIR_ITG_RECORD_BYTES];
} Entry;

/* A remark on its way to the file, as its chunk has it. */
typedef struct Note {
    struct Note *next;
    uint32_t flow, len;
    uint8_t bytes[];
} Note;

struct WeirLogLane {
    WeirLog *log;
    WeirRing *ring;
    atomic_llong dropped;
};

struct WeirLog {
    WeirLog *next; /* among the files that this process writes; guarded by openLock */
    int users;     /* guarded by openLock */
    dev_t device;
    ino_t inode;
    WeirLogFormat format;
    char *path;
    int fd;
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t wake, flushed;
    bool stop;
    uint64_t flushWanted, flushDone; /* sweeps asked for by number, and done */
    Entry *entries;
    uint32_t entryCount, entryRoom;
    Note *notes, **lastNote;
    WeirErr error; /* the first one; code 0: none */

    WeirLogLane *_Atomic lanes[LANES];
    atomic_llong written, dropped; /* dropped: beyond what lanes count */
    atomic_bool sweeping; /* records may be out of their lane and not yet written */

    /* The writer thread's own. */
    Entry *known; /* its copy of entries */
    uint32_t knownCount, knownRoom;
    bool failed;
    int64_t fileBytes; /* the file's good length */
    uint8_t *batch;
    size_t batchBytes, batchRecords;
    size_t chunkAt; /* open packets chunk in the batch; BATCH_BYTES: none */
};

static pthread_mutex_t openLock = PTHREAD_MUTEX_INITIALIZER;
static WeirLog *openLogs;

/* ------------------------------------------------------------ the writer: to disk */

static void Fail(WeirLog *log, int sysErrno)
{
    pthread_mutex_lock(&log->lock);
    if (!log->error.code)
        WeirFailErrno(&log->error, sysErrno, "log \"%.200s\" ends after %lld records",
                      log->path, (long long)atomic_load(&log->written));
    pthread_mutex_unlock(&log->lock);
    log->failed = true;
}

/* Bytes written before an error; sets errno then. */
static size_t WriteAt(int fd, const uint8_t *data, size_t len, int64_t offset)
{
    size_t done = 0;
    while (done < len) {
        ssize_t n = pwrite(fd, data + done, len - done, offset + (int64_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            errno = n < 0 ? errno : ENOSPC;
            break;
        }
        done += (size_t)n;
    }
    return done;
}

/* How much of `done` bytes of the batch are whole records, and how many; in Weir's format
 * a packets chunk that was cut gets its new length. */
static size_t WholeRecords(WeirLog *log, size_t done, size_t *records)
{
    size_t at = 0;
    *records = 0;
    if (log->format == WEIR_LOG_ITG) {
        *records = done / WEIR_ITG_RECORD_BYTES;
        return *records * WEIR_ITG_RECORD_BYTES;
    }
    while (done - at > WEIR_NATIVE_CHUNK_BYTES) {
        uint8_t head[WEIR_NATIVE_CHUNK_BYTES];
        uint32_t type, len;
        size_t room = done - at - WEIR_NATIVE_CHUNK_BYTES;
        WeirNativeChunkDecode(log->batch + at, &type, &len);
        if (len > room && type != WEIR_NATIVE_PACKETS)
            break;
        if (len > room) {
            len = (uint32_t)(room - room % WEIR_NATIVE_PACKET_BYTES);
            WeirNativeChunkEncode(type, len, head);
            if (WriteAt(log->fd, head, sizeof head, log->fileBytes + (int64_t)at) <
                sizeof head)
                break;
            done = at + WEIR_NATIVE_CHUNK_BYTES + len;
        }
        if (type == WEIR_NATIVE_PACKETS)
            *records += len / WEIR_NATIVE_PACKET_BYTES;
        at += WEIR_NATIVE_CHUNK_BYTES + len;
    }
    return at;
}

static void CloseChunk(WeirLog *log)
{
    if (log->chunkAt < BATCH_BYTES)
        WeirNativeChunkEncode(
            WEIR_NATIVE_PACKETS,
            (uint32_t)(log->batchBytes - log->chunkAt - WEIR_NATIVE_CHUNK_BYTES),
            log->batch + log->chunkAt);
    log->chunkAt = BATCH_BYTES;
}

static void WriteBatch(WeirLog *log)
{
    size_t done, records = log->batchRecords;
    int sysErrno = 0;
    CloseChunk(log);
    if (log->failed) {
        atomic_fetch_add(&log->dropped, (long long)records);
        log->batchBytes = log->batchRecords = 0;
    }
    if (log->batchBytes == 0)
        return;
    done = WriteAt(log->fd, log->batch, log->batchBytes, log->fileBytes);
    if (done < log->batchBytes) {
        sysErrno = errno;
        done = WholeRecords(log, done, &records);
        if (ftruncate(log->fd, log->fileBytes + (int64_t)done) < 0)
            sysErrno = errno;
    }
    log->fileBytes += (int64_t)done;
    atomic_fetch_add(&log->written, (long long)records);
    atomic_fetch_add(&log->dropped, (long long)(log->batchRecords - records));
    log->batchBytes = log->batchRecords = 0;
    if (sysErrno)
        Fail(log, sysErrno);
}

/* Room for `len` more bytes at the end of the batch. */
static uint8_t *Reserve(WeirLog *log, size_t len)
{
    uint8_t *at;
    if (log->batchBytes + len > BATCH_BYTES)
        WriteBatch(log);
    at = log->batch + log->batchBytes;
    log->batchBytes += len;
    return at;
}

/* ------------------------------------------------------------ the writer: encoding */

/* Take over flows added since; call with the lock held. */
static void CopyEntries(WeirLog *log)
{
    if (log->entryCount > log->knownRoom) {
        Entry *more = realloc(log->known, log->entryRoom * sizeof *more);
        if (!more)
            return; /* their records count as dropped */
        log->known = more;
        log->knownRoom = log->entryRoom;
    }
    if (log->entryCount > log->knownCount)
        memcpy(log->known + log->knownCount, log->entries + log->knownCount,
               (log->entryCount - log->knownCount) * sizeof *log->known);
    log->knownCount = log->entryCount;
}

static void AppendChunk(WeirLog *log, uint32_t type, const uint8_t *body, uint32_t len)
{
    uint8_t *at;
    CloseChunk(log);
    at = Reserve(log, WEIR_NATIVE_CHUNK_BYTES + len);
    WeirNativeChunkEncode(type, len, at);
    memcpy(at + WEIR_NATIVE_CHUNK_BYTES, body, len);
}

/* In Weir's format new flows are announced before their first packet and remark. */
static void LearnFlows(WeirLog *log)
{
    uint32_t i = log->knownCount;
    Note *note, *next;
    bool writing = log->format == WEIR_LOG_WEIR && !log->failed;
    pthread_mutex_lock(&log->lock);
    CopyEntries(log);
    note = log->notes;
    log->notes = NULL;
    log->lastNote = &log->notes;
    pthread_mutex_unlock(&log->lock);
    for (; writing && i < log->knownCount; i++)
        AppendChunk(log, WEIR_NATIVE_FLOW, log->known[i].bytes, WEIR_NATIVE_FLOW_BYTES);
    for (; note; note = next) {
        next = note->next;
        if (writing && note->flow < log->knownCount)
            AppendChunk(log, WEIR_NATIVE_NOTE, note->bytes, note->len);
        free(note);
    }
}

static void Append(WeirLog *log, const WeirRecord *record)
{
    uint8_t *at;
    if (record->flow >= log->knownCount)
        LearnFlows(log);
    if (log->failed || record->flow >= log->knownCount) {
        atomic_fetch_add(&log->dropped, 1);
        return;
    }
    if (log->format == WEIR_LOG_ITG) {
        at = Reserve(log, WEIR_ITG_RECORD_BYTES);
        memcpy(at, log->known[record->flow].bytes, WEIR_ITG_RECORD_BYTES);
        WeirItgRecordPatch(at, record->seq, record->size, WeirItgTimeOf(record->txNs),
                           WeirItgTimeOf(record->rxNs));
    } else {
        if (log->batchBytes + WEIR_NATIVE_CHUNK_BYTES + WEIR_NATIVE_PACKET_BYTES >
            BATCH_BYTES)
            WriteBatch(log);
        if (log->chunkAt == BATCH_BYTES) {
            log->chunkAt = log->batchBytes;
            Reserve(log, WEIR_NATIVE_CHUNK_BYTES);
        }
        at = Reserve(log, WEIR_NATIVE_PACKET_BYTES);
        WeirNativePacketEncode(record, at);
    }
    log->batchRecords++;
}

/* Everything that is in the lanes now, to the file.  Returns the largest share of a lane.
 */
static size_t Sweep(WeirLog *log)
{
    size_t busiest = 0;
    int i;
    atomic_store(&log->sweeping, true);
    LearnFlows(log);
    for (i = 0; i < LANES; i++) {
        WeirLogLane *lane = atomic_load(&log->lanes[i]);
        size_t taken = 0, n, k;
        const void *first;
        while (lane && taken < LANE_SLOTS &&
               (n = WeirRingPeek(lane->ring, 4096, &first)) > 0) {
            for (k = 0; k < n; k++)
                Append(log, (const WeirRecord *)first + k);
            WeirRingDrop(lane->ring, n);
            taken += n;
        }
        if (taken > busiest)
            busiest = taken;
    }
    WriteBatch(log);
    atomic_store(&log->sweeping, false);
    return busiest;
}

static void WriteEnd(WeirLog *log)
{
    uint8_t out[WEIR_NATIVE_CHUNK_BYTES + WEIR_NATIVE_END_BYTES];
    WeirNativeEnd end = { WeirRealNs(), (uint64_t)WeirLogWritten(log),
                          (uint64_t)WeirLogDropped(log) };
    WeirNativeChunkEncode(WEIR_NATIVE_END, WEIR_NATIVE_END_BYTES, out);
    WeirNativeEndEncode(&end, out + WEIR_NATIVE_CHUNK_BYTES);
    if (WriteAt(log->fd, out, sizeof out, log->fileBytes) < sizeof out) {
        int sysErrno = errno;
        if (ftruncate(log->fd, log->fileBytes) < 0)
            sysErrno = errno;
        Fail(log, sysErrno);
    }
}

static struct timespec Deadline(int64_t afterNs)
{
    int64_t at = WeirMonoNs() + afterNs;
    struct timespec t = { at / WEIR_NS_PER_S, at % WEIR_NS_PER_S };
    return t;
}

static void *Run(void *arg)
{
    WeirLog *log = arg;
    bool stop;
    do {
        uint64_t serving;
        size_t busiest;
        pthread_mutex_lock(&log->lock);
        serving = log->flushWanted;
        stop = log->stop;
        pthread_mutex_unlock(&log->lock);
        busiest = Sweep(log);
        if (stop && log->format == WEIR_LOG_WEIR)
            WriteEnd(log);
        pthread_mutex_lock(&log->lock);
        log->flushDone = serving;
        pthread_cond_broadcast(&log->flushed);
        if (!log->stop && log->flushWanted == serving) {
            struct timespec until = Deadline(busiest > FAST_FILL ? fastSweepNs : sweepNs);
            pthread_cond_timedwait(&log->wake, &log->lock, &until);
        }
        pthread_mutex_unlock(&log->lock);
    } while (!stop);
    return NULL;
}

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

static WeirLog *LogNew(const char *path, WeirLogFormat format, int fd,
                       const struct stat *st)
{
    WeirLog *log = calloc(1, sizeof *log);
    uint8_t *batch = malloc(BATCH_BYTES);
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
    log->device = st->st_dev;
    log->inode = st->st_ino;
    log->format = format;
    log->fd = fd;
    log->batch = batch;
    log->chunkAt = BATCH_BYTES;
    log->lastNote = &log->notes;
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
    for (i = 0; i < LANES; i++) {
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
    WeirLog *log = LogNew(path, format, fd, st);
    int rc;
    if (!log) {
        close(fd);
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for log \"%.200s\"", path);
    }
    WeirNativeHeaderEncode(&header, bytes);
    if ((S_ISREG(st->st_mode) && ftruncate(fd, 0) < 0) ||
        WriteAt(fd, bytes, len, 0) < len) {
        rc = WeirFailErrno(err, errno, "cannot write log \"%.200s\"", path);
    } else {
        log->fileBytes = (int64_t)len;
        rc = WeirThreadStart(&log->thread, "weir-log", Run, log);
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

/* ------------------------------------------------------------ using */

static void EncodeEntry(WeirLogFormat format, uint32_t index, const WeirLogFlow *flow,
                        Entry *entry)
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
        Entry *more = realloc(log->entries, room * sizeof *more);
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
    Note *note;
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
    *log->lastNote = note;
    log->lastNote = &note->next;
    pthread_mutex_unlock(&log->lock);
    return WEIR_OK;
}

WeirLogLane *WeirLogLaneFor(WeirLog *log, int producer)
{
    WeirLogLane *lane;
    if (producer < 0 || producer >= LANES)
        return NULL;
    pthread_mutex_lock(&log->lock);
    lane = atomic_load(&log->lanes[producer]);
    if (!lane && (lane = calloc(1, sizeof *lane))) {
        lane->log = log;
        lane->ring = WeirRingNew(LANE_SLOTS, sizeof(WeirRecord));
        if (lane->ring) {
            atomic_store(&log->lanes[producer], lane);
        } else {
            free(lane);
            lane = NULL;
        }
    }
    pthread_mutex_unlock(&log->lock);
    return lane;
}

bool WeirLogPut(WeirLogLane *lane, const WeirRecord *record)
{
    if (lane && WeirRingPut(lane->ring, record))
        return true;
    if (lane)
        atomic_fetch_add_explicit(&lane->dropped, 1, memory_order_relaxed);
    return false;
}

int WeirLogFlush(WeirLog *log, WeirErr *err)
{
    struct timespec until = Deadline(FLUSH_WAIT_S * WEIR_NS_PER_S);
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
    bool notes;
    int i;
    pthread_mutex_lock(&log->lock);
    notes = log->notes != NULL;
    pthread_mutex_unlock(&log->lock);
    if (notes)
        return false;
    for (i = 0; i < LANES; i++) {
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
    for (i = 0; i < LANES; i++) {
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

int WeirLogClose(WeirLog *log, WeirErr *err)
{
    WeirLog **link = &openLogs;
    int rc = WeirLogFlush(log, err);
    pthread_mutex_lock(&openLock);
    if (--log->users > 0) {
        pthread_mutex_unlock(&openLock);
        return rc;
    }
    pthread_mutex_lock(&log->lock);
    log->stop = true;
    pthread_cond_signal(&log->wake);
    pthread_mutex_unlock(&log->lock);
    pthread_join(log->thread, NULL);
    if (close(log->fd) < 0)
        Fail(log, errno);
    rc = WeirLogError(log, err);
    while (*link != log)
        link = &(*link)->next;
    *link = log->next;
    pthread_mutex_unlock(&openLock);
    LogFree(log);
    return rc;
}
