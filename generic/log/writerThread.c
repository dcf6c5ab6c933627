/* The writer: the thread of one log.  Producers put records into their lanes and never
 * wait for it; it sweeps all lanes every 50 ms (every 5 ms while one of them fills fast),
 * encodes into a batch and writes that at once, into the file or to the log's sink. */
#include "config.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "log/native.h"
#include "log/writerInt.h"

enum { BATCH_BYTES = WEIR_LOG_BATCH_BYTES, FAST_FILL_SHARE = 8 };

static const int64_t sweepNs = 50 * WEIR_NS_PER_MS, fastSweepNs = 5 * WEIR_NS_PER_MS;

/* ------------------------------------------------------------ writing */

void WeirLogFailed(WeirLog *log, const WeirErr *why)
{
    pthread_mutex_lock(&log->lock);
    if (!log->error.code)
        log->error = *why;
    pthread_mutex_unlock(&log->lock);
    log->failed = true;
}

void WeirLogFileFailed(WeirLog *log, int sysErrno)
{
    WeirErr why;
    WeirFailErrno(&why, sysErrno, "log \"%.200s\" ends after %lld records", log->path,
                  (long long)atomic_load(&log->written));
    WeirLogFailed(log, &why);
}

size_t WeirLogWriteAt(int fd, const uint8_t *data, size_t len, int64_t offset)
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
            if (WeirLogWriteAt(log->fd, head, sizeof head, log->fileBytes + (int64_t)at) <
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

/* The batch into the file; answers how many of its records got there. */
static size_t WriteFile(WeirLog *log)
{
    size_t records = log->batchRecords;
    size_t done = WeirLogWriteAt(log->fd, log->batch, log->batchBytes, log->fileBytes);
    int sysErrno = 0;
    if (done < log->batchBytes) {
        sysErrno = errno;
        done = WholeRecords(log, done, &records);
        if (ftruncate(log->fd, log->fileBytes + (int64_t)done) < 0)
            sysErrno = errno;
    }
    log->fileBytes += (int64_t)done;
    atomic_fetch_add(&log->written, (long long)records);
    if (sysErrno)
        WeirLogFileFailed(log, sysErrno);
    return records;
}

static size_t FeedSink(WeirLog *log)
{
    WeirErr err;
    size_t records = log->sink->put(log->sinkArg, log->batch, log->batchRecords, &err);
    atomic_fetch_add(&log->written, (long long)records);
    if (records < log->batchRecords)
        WeirLogFailed(log, &err);
    return records;
}

static void WriteBatch(WeirLog *log)
{
    size_t records = 0;
    CloseChunk(log);
    if (!log->failed && log->batchBytes > 0)
        records = log->sink ? FeedSink(log) : WriteFile(log);
    atomic_fetch_add(&log->dropped, (long long)(log->batchRecords - records));
    log->batchBytes = log->batchRecords = 0;
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

/* ------------------------------------------------------------ encoding */

static void AppendChunk(WeirLog *log, uint32_t type, const uint8_t *body, uint32_t len)
{
    uint8_t *at;
    CloseChunk(log);
    at = Reserve(log, WEIR_NATIVE_CHUNK_BYTES + len);
    WeirNativeChunkEncode(type, len, at);
    memcpy(at + WEIR_NATIVE_CHUNK_BYTES, body, len);
}

/* Room for this place in the table of known flows. */
static bool MakeRoom(WeirLog *log, uint32_t index)
{
    uint32_t room = log->knownRoom ? 2 * log->knownRoom : 16;
    WeirLogEntry **more;
    if (index < log->knownRoom)
        return true;
    more = realloc(log->known, room * sizeof(WeirLogEntry *));
    if (!more)
        return false;
    memset(more + log->knownRoom, 0, (room - log->knownRoom) * sizeof(WeirLogEntry *));
    log->known = more;
    log->knownRoom = room;
    return true;
}

/* One that was added, in the order of the places, or dropped; which becomes free comes
 * back.  False: out of memory. */
static bool LearnEntry(WeirLog *log, WeirLogEntry *entry, WeirLogEntry **freed)
{
    WeirLogEntry **known;
    if (log->format == WEIR_LOG_WEIR) {
        if (!log->failed)
            AppendChunk(log, WEIR_NATIVE_FLOW, entry->bytes, WEIR_NATIVE_FLOW_BYTES);
        log->announced = entry->index + 1;
        free(entry);
        return true;
    }
    if (!MakeRoom(log, entry->index))
        return false;
    known = &log->known[entry->index];
    if (!entry->dropped) {
        *known = entry;
        return true;
    }
    free(*known);
    *known = NULL;
    entry->next = *freed;
    *freed = entry;
    return true;
}

/* Entries that could not be taken over, to be tried again, and places that are free. */
static void GiveBack(WeirLog *log, WeirLogEntry *rest, WeirLogEntry *freed)
{
    WeirLogEntry **end;
    pthread_mutex_lock(&log->lock);
    if (rest) {
        for (end = &rest; *end;)
            end = &(*end)->next;
        *end = log->entries;
        if (!log->entries)
            log->lastEntry = end;
        log->entries = rest;
    }
    if (freed) {
        for (end = &freed; *end;)
            end = &(*end)->next;
        *end = log->freeEntries;
        log->freeEntries = freed;
    }
    pthread_mutex_unlock(&log->lock);
}

/* Take over what was added and dropped since.  In Weir's format new flows are announced
 * before their first packet and remark. */
static void LearnFlows(WeirLog *log)
{
    WeirLogEntry *entry, *next, *freed = NULL;
    WeirLogRemark *remark, *nextRemark;
    pthread_mutex_lock(&log->lock);
    entry = log->entries;
    log->entries = NULL;
    log->lastEntry = &log->entries;
    remark = log->remarks;
    log->remarks = NULL;
    log->lastRemark = &log->remarks;
    pthread_mutex_unlock(&log->lock);
    for (; entry; entry = next) {
        next = entry->next;
        if (!LearnEntry(log, entry, &freed))
            break; /* their records count as dropped */
    }
    for (; remark; remark = nextRemark) {
        nextRemark = remark->next;
        if (log->format == WEIR_LOG_WEIR && !log->failed && remark->flow < log->announced)
            AppendChunk(log, WEIR_NATIVE_NOTE, remark->bytes, remark->len);
        free(remark);
    }
    if (entry || freed)
        GiveBack(log, entry, freed);
}

/* Whether the writer has learnt of the flow. */
static bool Knows(const WeirLog *log, uint32_t flow)
{
    if (log->format == WEIR_LOG_WEIR)
        return flow < log->announced;
    return flow < log->knownRoom && log->known[flow];
}

static void Append(WeirLog *log, const WeirRecord *record)
{
    uint8_t *at;
    if (!Knows(log, record->flow))
        LearnFlows(log);
    if (log->failed || !Knows(log, record->flow)) {
        atomic_fetch_add(&log->dropped, 1);
        return;
    }
    if (log->format == WEIR_LOG_ITG) {
        at = Reserve(log, WEIR_ITG_RECORD_BYTES);
        memcpy(at, log->known[record->flow]->bytes, WEIR_ITG_RECORD_BYTES);
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

static void AppendRaw(WeirLog *log, const uint8_t *record)
{
    memcpy(Reserve(log, WEIR_ITG_RECORD_BYTES), record, WEIR_ITG_RECORD_BYTES);
    log->batchRecords++;
}

/* What is in a lane now; answers how many records that was. */
static size_t SweepLane(WeirLog *log, WeirLogLane *lane)
{
    size_t taken = 0, n, k;
    const void *first;
    while (taken < lane->slots && (n = WeirRingPeek(lane->ring, 4096, &first)) > 0) {
        for (k = 0; k < n; k++) {
            if (lane->raw)
                AppendRaw(log, (const uint8_t *)first + k * WEIR_ITG_RECORD_BYTES);
            else
                Append(log, (const WeirRecord *)first + k);
        }
        WeirRingDrop(lane->ring, n);
        taken += n;
    }
    return taken;
}

/* Everything that is in the lanes now, to the file.  Whether a lane fills fast. */
static bool Sweep(WeirLog *log)
{
    bool fast = false;
    int i;
    atomic_store(&log->sweeping, true);
    atomic_fetch_add(&log->sweepsBegun, 1);
    LearnFlows(log);
    for (i = 0; i < 2 * WEIR_LOG_LANES; i++) {
        WeirLogLane *lane = atomic_load(&log->lanes[i]);
        if (lane && SweepLane(log, lane) > lane->slots / FAST_FILL_SHARE)
            fast = true;
    }
    WriteBatch(log);
    atomic_fetch_add(&log->sweepsDone, 1);
    atomic_store(&log->sweeping, false);
    return fast;
}

static void WriteEnd(WeirLog *log)
{
    uint8_t out[WEIR_NATIVE_CHUNK_BYTES + WEIR_NATIVE_END_BYTES];
    WeirNativeEnd end = { WeirRealNs(), (uint64_t)WeirLogWritten(log),
                          (uint64_t)WeirLogDropped(log) };
    WeirNativeChunkEncode(WEIR_NATIVE_END, WEIR_NATIVE_END_BYTES, out);
    WeirNativeEndEncode(&end, out + WEIR_NATIVE_CHUNK_BYTES);
    if (WeirLogWriteAt(log->fd, out, sizeof out, log->fileBytes) < sizeof out) {
        int sysErrno = errno;
        if (ftruncate(log->fd, log->fileBytes) < 0)
            sysErrno = errno;
        WeirLogFileFailed(log, sysErrno);
    }
}

static void OpenSink(WeirLog *log)
{
    WeirErr err;
    if (log->sink->open(log->sinkArg, &err) < 0)
        WeirLogFailed(log, &err);
    else
        atomic_store(&log->ready, true);
}

void *WeirLogRun(void *arg)
{
    WeirLog *log = arg;
    bool stop;
    if (log->sink)
        OpenSink(log);
    do {
        uint64_t serving;
        bool fast;
        pthread_mutex_lock(&log->lock);
        serving = log->flushWanted;
        stop = log->stop;
        pthread_mutex_unlock(&log->lock);
        fast = Sweep(log);
        if (stop && log->format == WEIR_LOG_WEIR)
            WriteEnd(log);
        pthread_mutex_lock(&log->lock);
        log->flushDone = serving;
        pthread_cond_broadcast(&log->flushed);
        if (!log->stop && log->flushWanted == serving) {
            struct timespec until = WeirLogDeadline(fast ? fastSweepNs : sweepNs);
            pthread_cond_timedwait(&log->wake, &log->lock, &until);
        }
        pthread_mutex_unlock(&log->lock);
    } while (!stop);
    WeirLogEnd(log);
    return NULL;
}
