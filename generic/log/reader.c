#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/progress.h"
#include "log/native.h"
#include "log/readerInt.h"

int WeirReaderNoMemory(WeirLogReader *reader, WeirErr *err)
{
    return WeirFail(err, WEIR_E_MEMORY, "out of memory while reading \"%.200s\"",
                    reader->name);
}

/* Who looks on hears how far the file was read, and may end that. */
static int TellProgress(const WeirLogReader *reader, WeirErr *err)
{
    const char *slash = strrchr(reader->name, '/');
    WeirProgress p = { .done = (double)reader->taken,
                       .total = (double)reader->size,
                       .count = (double)reader->taken,
                       .unit = "B" };
    snprintf(p.what, sizeof p.what, "%s", slash ? slash + 1 : reader->name);
    return WeirProgressTell(&p, err);
}

/* What is no file may keep its reader waiting, who looks at the clock meanwhile. */
static int AwaitBytes(const WeirLogReader *reader, WeirErr *err)
{
    struct pollfd waits = { .fd = reader->fd, .events = POLLIN };
    while (!reader->isFile && poll(&waits, 1, 200) <= 0)
        if (TellProgress(reader, err) < 0)
            return WEIR_E_STATE;
    return WEIR_OK;
}

/* New bytes go to an address that is a multiple of the page size, what is left over right
 * before it: the kernel copies several times faster to there than to other addresses. */
int64_t WeirReaderFill(WeirLogReader *reader, size_t need, WeirErr *err)
{
    size_t left = reader->end - reader->start;
    if (left < need && !reader->atEnd) {
        memmove(reader->buf + WEIR_READ_SLACK - left, reader->buf + reader->start, left);
        reader->start = WEIR_READ_SLACK - left;
        reader->end = WEIR_READ_SLACK;
    }
    while (reader->end - reader->start < need && !reader->atEnd) {
        ssize_t n;
        if (AwaitBytes(reader, err) < 0)
            return WEIR_E_STATE;
        n = read(reader->fd, reader->buf + reader->end,
                 WEIR_READ_SLACK + WEIR_READ_BYTES - reader->end);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return WeirFailErrno(err, errno, "cannot read \"%.200s\"", reader->name);
        reader->atEnd = n == 0;
        reader->end += (size_t)n;
        reader->taken += n;
        if (TellProgress(reader, err) < 0)
            return WEIR_E_STATE;
    }
    return (int64_t)(reader->end - reader->start);
}

int WeirReaderSkip(WeirLogReader *reader, uint32_t len, WeirErr *err)
{
    while (len > 0) {
        int64_t avail = WeirReaderFill(reader, 1, err);
        size_t step = (size_t)avail < len ? (size_t)avail : len;
        if (avail < 0)
            return (int)avail;
        if (avail == 0)
            return WEIR_OK;
        reader->start += step;
        len -= (uint32_t)step;
    }
    return WEIR_OK;
}

int WeirReaderLeaveRest(WeirLogReader *reader)
{
    reader->info.partialBytes += (int64_t)(reader->end - reader->start);
    reader->start = reader->end;
    return 0;
}

/* A time of day moved by whole days to within 12 hours of `nearNs`. */
static int64_t Near(int64_t ns, int64_t nearNs)
{
    if (ns - nearNs > WEIR_NS_PER_DAY / 2)
        return ns - WEIR_NS_PER_DAY;
    if (nearNs - ns > WEIR_NS_PER_DAY / 2)
        return ns + WEIR_NS_PER_DAY;
    return ns;
}

void WeirReaderDate(WeirLogReader *reader, WeirLogItem *item)
{
    item->rxNs = reader->midnightNs + WeirItgTimeNs(&item->rx);
    if (reader->dated)
        item->rxNs = Near(item->rxNs, reader->lastNs);
    item->txNs = Near(reader->midnightNs + WeirItgTimeNs(&item->tx), item->rxNs);
    if (item->rxNs - reader->midnightNs >= WEIR_NS_PER_DAY)
        reader->midnightNs += WEIR_NS_PER_DAY;
    else if (item->rxNs < reader->midnightNs)
        reader->midnightNs -= WEIR_NS_PER_DAY;
    reader->lastNs = item->rxNs;
    reader->dated = true;
}

/* ------------------------------------------------------------ D-ITG's binary log */

/* The slow path of a record's flow: a new one, or one that was crowded out of the cache.
 */
static int64_t FindFlow(WeirLogReader *reader, const uint8_t *record, int index,
                        WeirErr *err)
{
    bool added = false;
    int64_t flow = 0;
    bool ends = memchr(record + WEIR_ITG_AT_SRC, 0, WEIR_ITG_ADDR_BYTES) &&
                memchr(record + WEIR_ITG_AT_DST, 0, WEIR_ITG_ADDR_BYTES);
    if (ends)
        flow = WeirFlowTabFind(&reader->tab, WeirItgU32(record + WEIR_ITG_AT_FLOW),
                               WeirItgU32(record + WEIR_ITG_AT_SRC_PORT),
                               WeirItgU32(record + WEIR_ITG_AT_DST_PORT),
                               (const char *)record + WEIR_ITG_AT_SRC,
                               (const char *)record + WEIR_ITG_AT_DST, &added);
    if (!ends || (added && !WeirItgRecordPlausible(record)))
        return WeirFail(
            err, WEIR_E_PARSE,
            "record %lld of \"%.200s\" is not a D-ITG record: its addresses or "
            "ports make no sense",
            (long long)(reader->info.records + index + 1), reader->name);
    return flow < 0 ? WeirReaderNoMemory(reader, err) : flow;
}

static WeirItgTime TimeAt(const uint8_t *hourMinute, const uint8_t *seconds)
{
    WeirItgTime t = { WeirItgU32(hourMinute), WeirItgU32(hourMinute + 4),
                      WeirItgF64(seconds) };
    return t;
}

int WeirReaderItg(WeirLogReader *reader, WeirErr *err)
{
    int64_t avail = WeirReaderFill(reader, WEIR_ITG_RECORD_BYTES, err);
    int count, i;
    if (avail < 0)
        return (int)avail;
    if (avail < WEIR_ITG_RECORD_BYTES)
        return WeirReaderLeaveRest(reader);
    count = (int)(avail / WEIR_ITG_RECORD_BYTES);
    if (count > WEIR_READ_ITEMS)
        count = WEIR_READ_ITEMS;
    for (i = 0; i < count; i++) {
        const uint8_t *record = reader->buf + reader->start;
        WeirLogItem *item = &reader->items[i];
        int64_t flow =
            WeirFlowTabRecent(&reader->tab, WeirItgU32(record + WEIR_ITG_AT_FLOW),
                              WeirItgU32(record + WEIR_ITG_AT_SRC_PORT),
                              WeirItgU32(record + WEIR_ITG_AT_DST_PORT),
                              record + WEIR_ITG_AT_SRC, record + WEIR_ITG_AT_DST);
        if (flow < 0)
            flow = FindFlow(reader, record, i, err);
        if (flow < 0)
            return (int)flow;
        item->flow = (uint32_t)flow;
        item->seq = WeirItgU32(record + WEIR_ITG_AT_SEQ);
        item->size = WeirItgU32(record + WEIR_ITG_AT_SIZE);
        item->tx = TimeAt(record + WEIR_ITG_AT_TX, record + WEIR_ITG_AT_TX_SECONDS);
        item->rx = TimeAt(record + WEIR_ITG_AT_RX, record + WEIR_ITG_AT_RX_SECONDS);
        WeirReaderFinish(reader, item);
        reader->start += WEIR_ITG_RECORD_BYTES;
    }
    return count;
}

/* ------------------------------------------------------------ opening */

static int OpenNative(WeirLogReader *reader, int64_t avail, WeirErr *err)
{
    WeirNativeHeader header;
    WeirErr why;
    if (avail < WEIR_NATIVE_HEADER_BYTES)
        return WeirFail(err, WEIR_E_PARSE,
                        "\"%.200s\" is a Weir log that was cut off within its header",
                        reader->name);
    if (WeirNativeHeaderDecode(reader->buf + reader->start, &header, &why) < 0)
        return WeirFail(err, why.code, "cannot read \"%.200s\": %s", reader->name,
                        why.text);
    reader->info.format = WEIR_LOG_WEIR;
    reader->info.begunNs = header.begunNs;
    reader->info.seed = header.seed;
    reader->decode = WeirReaderNative;
    return WeirReaderSkip(reader, header.headerBytes, err);
}

/* What the file is, by its first bytes.  An empty file is an empty D-ITG log. */
static int Recognise(WeirLogReader *reader, WeirErr *err)
{
    int64_t avail = WeirReaderFill(reader, WEIR_ITG_RECORD_BYTES, err);
    if (avail < 0)
        return (int)avail;
    if (avail >= (int64_t)sizeof weirNativeMagic &&
        memcmp(reader->buf + reader->start, weirNativeMagic, sizeof weirNativeMagic) == 0)
        return OpenNative(reader, avail, err);
    if (avail >= 5 && memcmp(reader->buf + reader->start, "Flow>", 5) == 0) {
        reader->info.format = WEIR_LOG_TEXT;
        reader->decode = WeirReaderText;
        return WEIR_OK;
    }
    reader->info.format = WEIR_LOG_ITG;
    reader->decode = WeirReaderItg;
    if (avail == 0 || (avail >= WEIR_ITG_RECORD_BYTES &&
                       WeirItgRecordPlausible(reader->buf + reader->start)))
        return WEIR_OK;
    return WeirFail(
        err, WEIR_E_PARSE,
        "\"%.200s\" is not a record file: use a D-ITG log (binary, or text as "
        "ITGDec -l writes it) or a Weir log",
        reader->name);
}

int WeirLogReaderOpenFd(int fd, const char *name, WeirLogReader **out, WeirErr *err)
{
    WeirLogReader *reader = calloc(1, sizeof *reader);
    struct stat st;
    int rc;
    *out = NULL;
    if (reader) {
        reader->fd = fd;
        reader->isFile = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
        reader->size = reader->isFile ? st.st_size : 0;
        reader->name = strdup(name);
        reader->buf = aligned_alloc(WEIR_READ_SLACK, WEIR_READ_SLACK + WEIR_READ_BYTES);
    }
    if (!reader || !reader->name || !reader->buf) {
        if (!reader)
            close(fd);
        WeirLogReaderClose(reader);
        return WeirFail(err, WEIR_E_MEMORY, "out of memory while opening \"%.200s\"",
                        name);
    }
    rc = Recognise(reader, err);
    if (rc < 0)
        WeirLogReaderClose(reader);
    else
        *out = reader;
    return rc;
}

int WeirLogReaderOpen(const char *path, WeirLogReader **out, WeirErr *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    *out = NULL;
    if (fd < 0)
        return WeirFailErrno(err, errno, "cannot open log \"%.200s\"", path);
    return WeirLogReaderOpenFd(fd, path, out, err);
}

void WeirLogReaderClose(WeirLogReader *reader)
{
    uint32_t i;
    if (!reader)
        return;
    for (i = 0; i < reader->noteCount; i++)
        free(reader->notes[i].text);
    free(reader->notes);
    close(reader->fd);
    WeirFlowTabFree(&reader->tab);
    free(reader->name);
    free(reader->buf);
    free(reader);
}

void WeirLogReaderUndated(WeirLogReader *reader)
{
    reader->undated = true;
}

int WeirLogReaderNext(WeirLogReader *reader, const WeirLogItem **items, WeirErr *err)
{
    int count = reader->decode(reader, err);
    *items = reader->items;
    reader->count = count;
    if (count > 0)
        reader->info.records += count;
    return count;
}

void WeirLogReaderRecord(const WeirLogReader *reader, int at,
                         uint8_t record[WEIR_ITG_RECORD_BYTES])
{
    const WeirLogItem *item = &reader->items[at];
    const WeirLogFlowInfo *flow = &reader->tab.flows[item->flow];
    WeirItgRecord r = { flow->id,      item->seq,  flow->srcPort,
                        flow->dstPort, item->size, item->tx,
                        item->rx,      "",         "" };
    if (reader->info.format == WEIR_LOG_ITG) {
        size_t back = (size_t)(reader->count - at) * WEIR_ITG_RECORD_BYTES;
        memcpy(record, reader->buf + reader->start - back, WEIR_ITG_RECORD_BYTES);
        return;
    }
    snprintf(r.src, sizeof r.src, "%s", WeirLogFlowHost(flow->src));
    snprintf(r.dst, sizeof r.dst, "%s", WeirLogFlowHost(flow->dst));
    WeirItgRecordEncode(&r, record);
}

WeirLogFileInfo WeirLogReaderInfo(const WeirLogReader *reader)
{
    return reader->info;
}

uint32_t WeirLogReaderFlows(const WeirLogReader *reader)
{
    return reader->tab.count;
}

const WeirLogFlowInfo *WeirLogReaderFlow(const WeirLogReader *reader, uint32_t index)
{
    return &reader->tab.flows[index];
}

const WeirLogNote *WeirLogReaderNotes(const WeirLogReader *reader, uint32_t *count)
{
    *count = reader->noteCount;
    return reader->notes;
}
