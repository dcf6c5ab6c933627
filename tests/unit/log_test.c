/* The D-ITG record codec, the log writer under several producers and on a full disk, the
 * readers of all formats, whole and cut off. */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/clock.h"
#include "itg/record.h"
#include "log/log.h"
#include "log/native.h"
#include "log/outfile.h"
#include "log/sent.h"
#include "log/series.h"
#include "log/summary.h"
#include "check.h"

static char path[64];
static const int64_t noonNs = INT64_C(1763812800) * WEIR_NS_PER_S; /* 2025-11-22 12:00 */

/* ------------------------------------------------------------ helpers */

static WeirLogFlow SomeFlow(uint32_t id)
{
    WeirLogFlow flow;
    memset(&flow, 0, sizeof flow);
    flow.id = id;
    WeirAddrParse("127.0.0.1:38722", AF_INET, 0, &flow.src, NULL);
    WeirAddrParse("127.0.0.1:8999", AF_INET, 0, &flow.dst, NULL);
    flow.protocol = 2;
    flow.meter = 1;
    flow.side = 1;
    return flow;
}

static WeirLog *Open(WeirLogFormat format)
{
    WeirErr err;
    WeirLog *log = NULL;
    if (WeirLogOpen(path, format, 42, NULL, &log, &err) < 0) {
        printf("cannot open %s: %s\n", path, err.text);
        exit(1);
    }
    return log;
}

static int64_t FileBytes(void)
{
    struct stat st;
    return stat(path, &st) == 0 ? (int64_t)st.st_size : -1;
}

static void WriteFile(const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
    close(fd);
}

static size_t ReadFile(uint8_t *bytes, size_t room)
{
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, bytes, room);
    close(fd);
    return n < 0 ? 0 : (size_t)n;
}

/* Read the whole file: the number of records, or the error. */
static int64_t CountRecords(WeirLogFileInfo *info, WeirErr *err)
{
    WeirLogReader *reader;
    const WeirLogItem *items;
    int rc = WeirLogReaderOpen(path, &reader, err);
    if (rc < 0)
        return rc;
    while ((rc = WeirLogReaderNext(reader, &items, err)) > 0)
        ;
    *info = WeirLogReaderInfo(reader);
    WeirLogReaderClose(reader);
    return rc < 0 ? rc : info->records;
}

/* ------------------------------------------------------------ the record codec */

/* A record of ITGRecv 2.8.1, with left-over memory behind the addresses. */
static void StockRecord(uint8_t out[WEIR_ITG_RECORD_BYTES])
{
    static const uint8_t head[] = { 1,    0,    0, 0, 1,    0, 0, 0, 0x42, 0x97, 0, 0,
                                    0x27, 0x23, 0, 0, 1,    0, 0, 0, 0x22, 0,    0, 0,
                                    1,    0,    0, 0, 0x22, 0, 0, 0, 0x3c, 0,    0, 0 };
    static const uint8_t seconds[] = { 0xcb, 0xf3, 0xe0, 0xee, 0xac, 0x9f, 0x40, 0x40,
                                       0x06, 0xf2, 0xec, 0xf2, 0xad, 0x9f, 0x40, 0x40 };
    memset(out, '~', WEIR_ITG_RECORD_BYTES);
    memcpy(out, head, sizeof head);
    memcpy(out + WEIR_ITG_AT_SRC, "127.0.0.1", 10);
    memcpy(out + WEIR_ITG_AT_DST, "127.0.0.1", 10);
    memcpy(out + WEIR_ITG_AT_TX_SECONDS, seconds, sizeof seconds);
}

static void TestRecord(void)
{
    WeirItgRecord record;
    uint8_t bytes[WEIR_ITG_RECORD_BYTES], stock[WEIR_ITG_RECORD_BYTES];
    WeirItgTime t;
    StockRecord(stock);
    memcpy(bytes, stock, sizeof bytes);
    CHECK(WeirItgRecordPlausible(bytes));
    WeirItgRecordDecode(bytes, &record);
    CHECK(record.flow == 1 && record.seq == 1 && record.size == 60);
    CHECK(record.srcPort == 38722 && record.dstPort == 8999);
    CHECK(record.tx.hour == 1 && record.tx.minute == 34);
    CHECK(fabs(record.tx.seconds - 33.247465) < 1e-12);
    CHECK(fabs(record.rx.seconds - 33.247496) < 1e-12);
    CHECK(strcmp(record.src, "127.0.0.1") == 0 && record.src[12] == 0);
    WeirItgRecordEncode(&record, bytes);
    CHECK(memcmp(bytes, stock, WEIR_ITG_AT_SRC + 10) == 0);
    CHECK(bytes[WEIR_ITG_AT_SRC + 12] == 0 && bytes[WEIR_ITG_AT_DST + 40] == 0);
    CHECK(memcmp(bytes + 128, stock + 128, 16) == 0);
    memset(bytes + WEIR_ITG_AT_DST, 'a', WEIR_ITG_ADDR_BYTES); /* no NUL */
    CHECK(!WeirItgRecordPlausible(bytes));
    t = WeirItgTimeOf((INT64_C(86400) * 20000 + 5673) * WEIR_NS_PER_S + 247465999);
    CHECK(t.hour == 1 && t.minute == 34 && t.seconds == 33 + 247465 / 1000000.0);
    t = WeirItgTimeOf(-1);
    CHECK(t.hour == 23 && t.minute == 59 && t.seconds == 59 + 999999 / 1000000.0);
}

/* ------------------------------------------------------------ writing */

enum { PRODUCERS = 4, PER_PRODUCER = 30000 };

typedef struct Producer {
    pthread_t thread;
    WeirLog *log;
    int number;
    int64_t refused;
} Producer;

/* Half of the flow's packets, then a second flow, as a receiver that meets a new source.
 */
static void *Produce(void *arg)
{
    Producer *p = arg;
    WeirLogLane *lane = WeirLogLaneFor(p->log, p->number * 7);
    WeirLogFlow flow = SomeFlow((uint32_t)(10 * p->number + 1));
    WeirRecord record = { noonNs, noonNs + 25000, 0, 0, 100, 0 };
    int i;
    for (i = 0; i < PER_PRODUCER; i++) {
        if (i % (PER_PRODUCER / 2) == 0) {
            flow.id++;
            WeirLogAddFlow(p->log, &flow, &record.flow, NULL);
        }
        record.seq = (uint32_t)(i % (PER_PRODUCER / 2) + 1);
        record.txNs += 10000;
        record.rxNs += 10000;
        p->refused += !WeirLogPut(lane, &record);
    }
    return NULL;
}

/* Every flow's records in their order, none missing but the refused ones. */
static void CheckProduced(int64_t refused)
{
    WeirLogReader *reader;
    WeirErr err;
    const WeirLogItem *items;
    uint32_t last[2 * PRODUCERS] = { 0 };
    int64_t total = 0;
    int n, i;
    CHECK(WeirLogReaderOpen(path, &reader, &err) == 0);
    while ((n = WeirLogReaderNext(reader, &items, &err)) > 0) {
        for (i = 0; i < n; i++) {
            CHECK(items[i].flow < 2 * PRODUCERS);
            CHECK(items[i].seq > last[items[i].flow]);
            CHECK(items[i].rxNs - items[i].txNs == 25000);
            CHECK(items[i].valid && items[i].size == 100);
            last[items[i].flow] = items[i].seq;
        }
        total += n;
    }
    CHECK(n == 0 && total == PRODUCERS * PER_PRODUCER - refused);
    CHECK(WeirLogReaderFlows(reader) == 2 * PRODUCERS);
    WeirLogReaderClose(reader);
}

static void TestProducers(WeirLogFormat format)
{
    Producer producers[PRODUCERS];
    WeirLog *log = Open(format);
    WeirErr err;
    int64_t refused = 0;
    int i;
    for (i = 0; i < PRODUCERS; i++) {
        producers[i] = (Producer){ 0, log, i, 0 };
        pthread_create(&producers[i].thread, NULL, Produce, &producers[i]);
    }
    for (i = 0; i < PRODUCERS; i++) {
        pthread_join(producers[i].thread, NULL);
        refused += producers[i].refused;
    }
    CHECK(WeirLogFlush(log, &err) == 0);
    CHECK(WeirLogIdle(log));
    CHECK(WeirLogDropped(log) == refused);
    CHECK(WeirLogWritten(log) == PRODUCERS * PER_PRODUCER - refused);
    CHECK(WeirLogClose(log, &err) == 0);
    CheckProduced(refused);
}

/* Not later than 100 ms after the put, without a flush: whether it was in the file within
 * a second, as machines may be busy. */
static bool IsPrompt(void)
{
    bool prompt;
    WeirLog *log = Open(WEIR_LOG_ITG);
    WeirLogFlow flow = SomeFlow(1);
    WeirRecord record = { noonNs, noonNs, 0, 1, 100, 0 };
    int64_t startNs = WeirMonoNs();
    CHECK(WeirLogAddFlow(log, &flow, &record.flow, NULL) == 0);
    CHECK(WeirLogPut(WeirLogLaneFor(log, 0), &record));
    while (FileBytes() == 0 && WeirMonoNs() - startNs < 20 * WEIR_NS_PER_S)
        usleep(1000);
    prompt = WeirMonoNs() - startNs < WEIR_NS_PER_S;
    CHECK(FileBytes() == WEIR_ITG_RECORD_BYTES);
    record.flow = 7; /* a flow that was not added: dropped, not written */
    CHECK(WeirLogPut(WeirLogLaneFor(log, 0), &record));
    CHECK(WeirLogFlush(log, NULL) == 0 && WeirLogDropped(log) == 1);
    CHECK(WeirLogClose(log, NULL) == 0);
    CHECK(FileBytes() == WEIR_ITG_RECORD_BYTES);
    return prompt;
}

static void TestOpening(void)
{
    static const char letter[] =
        "Dear Sir or Madam, this is not a log but a long letter, "
        "long enough to be as long as one record of a log would "
        "be, which are 144 bytes, so it goes on for a while.";
    WeirLog *log, *same;
    WeirErr err;
    int fd;
    WriteFile(letter, sizeof letter);
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, NULL, &log, &err) == WEIR_E_ARG);
    CHECK(FileBytes() == sizeof letter);
    CHECK(WeirLogOpen("/", WEIR_LOG_ITG, 0, NULL, &log, &err) == WEIR_E_POSIX &&
          err.sysErrno == EISDIR);
    CHECK(WeirLogOpen("/dev/zero", WEIR_LOG_ITG, 0, NULL, &log, &err) == WEIR_E_ARG);
    CHECK(WeirLogOpen("/dev/null", WEIR_LOG_ITG, 0, NULL, &log, &err) == WEIR_OK);
    CHECK(WeirLogClose(log, &err) == WEIR_OK);
    WriteFile("", 0);
    log = Open(WEIR_LOG_WEIR);
    CHECK(WeirLogOpen(path, WEIR_LOG_WEIR, 0, NULL, &same, &err) == WEIR_OK &&
          same == log);
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, NULL, &same, &err) == WEIR_E_STATE);
    CHECK(WeirLogOpen(path, WEIR_LOG_WEIR, 0, &err, &same, &err) == WEIR_E_STATE);
    CHECK(WeirLogClose(log, &err) == WEIR_OK); /* one user is left */
    CHECK(WeirLogFlush(log, &err) == WEIR_OK);
    CHECK(WeirLogClose(log, &err) == WEIR_OK);
    log = Open(WEIR_LOG_ITG); /* a log may be replaced, in either format */
    CHECK(FileBytes() == 0);
    CHECK(WeirLogClose(log, &err) == WEIR_OK);
    fd = open(path, O_RDWR); /* as another process would hold it */
    CHECK(fd >= 0 && flock(fd, LOCK_EX) == 0);
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, NULL, &log, &err) == WEIR_E_STATE);
    close(fd);
}

/* The file size limit stands in for a full disk. */
static void TestFullDisk(WeirLogFormat format)
{
    struct rlimit old, limit;
    WeirLog *log;
    WeirLogFlow flow = SomeFlow(1);
    WeirRecord record = { noonNs, noonNs + 1000, 0, 0, 100, 0 };
    WeirLogFileInfo info;
    WeirErr err;
    int64_t written;
    getrlimit(RLIMIT_FSIZE, &old);
    limit = old;
    limit.rlim_cur = 50000;
    setrlimit(RLIMIT_FSIZE, &limit);
    log = Open(format);
    CHECK(WeirLogAddFlow(log, &flow, &record.flow, NULL) == 0);
    for (record.seq = 1; record.seq <= 3000; record.seq++)
        WeirLogPut(WeirLogLaneFor(log, 3), &record);
    CHECK(WeirLogFlush(log, &err) == WEIR_E_POSIX && err.sysErrno == EFBIG);
    for (; record.seq <= 3100; record.seq++) /* nothing is added behind the gap */
        WeirLogPut(WeirLogLaneFor(log, 3), &record);
    setrlimit(RLIMIT_FSIZE, &old);
    CHECK(WeirLogFlush(log, NULL) == WEIR_E_POSIX);
    written = WeirLogWritten(log);
    CHECK(written >= 50000 / WEIR_ITG_RECORD_BYTES && written < 3000);
    CHECK(written + WeirLogDropped(log) == 3100);
    CHECK(WeirLogClose(log, &err) == WEIR_E_POSIX && strstr(err.text, path));
    CHECK(CountRecords(&info, &err) == written);
    CHECK(info.partialBytes == 0);
    if (format == WEIR_LOG_WEIR)
        CHECK(info.ended && info.dropped == 3100 - written);
}

/* ------------------------------------------------------------ reading */

/* A file cut at every length yields its whole records and counts what is left over. */
static void TestCutOff(WeirLogFormat format)
{
    uint8_t bytes[2048];
    WeirLog *log = Open(format);
    WeirLogFlow flow = SomeFlow(1);
    WeirRecord record = { noonNs, noonNs + 1000, 0, 0, 100, 0 };
    size_t len, cut, head = format == WEIR_LOG_ITG ? 0 : WEIR_NATIVE_HEADER_BYTES;
    CHECK(WeirLogAddFlow(log, &flow, &record.flow, NULL) == 0);
    for (record.seq = 1; record.seq <= 5; record.seq++)
        WeirLogPut(WeirLogLaneFor(log, 0), &record);
    CHECK(WeirLogClose(log, NULL) == 0);
    len = ReadFile(bytes, sizeof bytes);
    for (cut = 0; cut <= len; cut++) {
        WeirLogFileInfo info;
        WeirErr err;
        int64_t n;
        WriteFile(bytes, cut);
        n = CountRecords(&info, &err);
        if (cut > 0 && cut < (head ? head : WEIR_ITG_RECORD_BYTES)) {
            CHECK(n == WEIR_E_PARSE);
        } else if (!head) {
            CHECK(n == (int64_t)cut / WEIR_ITG_RECORD_BYTES);
            CHECK(info.partialBytes == (int64_t)cut % WEIR_ITG_RECORD_BYTES);
        } else if (cut > 0) {
            int64_t packets = (int64_t)cut - WEIR_NATIVE_HEADER_BYTES -
                              WEIR_NATIVE_FLOW_BYTES - 2 * WEIR_NATIVE_CHUNK_BYTES;
            int64_t whole = packets / WEIR_NATIVE_PACKET_BYTES;
            CHECK(n == (packets < 0 ? 0 : whole > 5 ? 5 : whole));
            CHECK(info.ended == (cut == len));
            CHECK(info.seed == 42);
        }
    }
}

static void Expect(const void *bytes, size_t len, const char *sentence)
{
    WeirLogFileInfo info;
    WeirErr err = { 0, 0, "" };
    WriteFile(bytes, len);
    CHECK(CountRecords(&info, &err) == WEIR_E_PARSE);
    if (!strstr(err.text, sentence)) {
        printf("expected \"%s\" in: %s\n", sentence, err.text);
        failures++;
    }
}

static void TestGarbage(void)
{
    uint8_t bytes[4 * WEIR_ITG_RECORD_BYTES], flowChunk[256];
    WeirLogFlow flow = SomeFlow(1);
    WeirNativeHeader header = { 64, 0, 0 };
    memset(bytes, 'z', sizeof bytes);
    Expect(bytes, sizeof bytes, "is not a record file");
    Expect(bytes, 3, "is not a record file");
    StockRecord(bytes);
    Expect(bytes, sizeof bytes, "record 2 of");
    Expect("Flow>0001 Seq> nonsense\n", 24, "line 1 of");
    WeirNativeHeaderEncode(&header, flowChunk);
    flowChunk[8] = 9;
    Expect(flowChunk, 64, "version 9");
    flowChunk[8] = 1;
    WeirNativeChunkEncode(WEIR_NATIVE_FLOW, WEIR_NATIVE_FLOW_BYTES, flowChunk + 64);
    WeirNativeFlowEncode(3, &flow, flowChunk + 72);
    Expect(flowChunk, 132, "out of order");
    WeirNativeChunkEncode(WEIR_NATIVE_PACKETS, 28, flowChunk + 64);
    Expect(flowChunk, 132, "not announced");
    WeirNativeChunkEncode(WEIR_NATIVE_PACKETS, 27, flowChunk + 64);
    Expect(flowChunk, 132, "odd length");
}

/* Times of day go on across midnight, also when a packet was sent before it. */
static void TestMidnight(void)
{
    static const char *const lines[] = { "23:59:59.900000 rxTime>23:59:59.950000",
                                         "23:59:59.990000 rxTime>0:0:0.010000",
                                         "0:0:0.100000 rxTime>0:0:0.110000",
                                         "23:59:59.995000 rxTime>0:0:0.115000",
                                         "25:0:0.000000 rxTime>0:0:0.120000" };
    static const int64_t rxMs[] = { 86399950, 86400010, 86400110, 86400115 };
    static const int64_t delayMs[] = { 50, 20, 10, 120 };
    char text[2048] = "";
    size_t used = 0, i;
    WeirLogReader *reader;
    const WeirLogItem *items;
    WeirErr err;
    for (i = 0; i < 5; i++)
        used += (size_t)snprintf(text + used, sizeof text - used,
                                 "Flow>0001 Seq>%7zu Src>%46s/1 Dest>%46s/2 txTime>%s "
                                 "Size>  100\n",
                                 i + 1, "::1", "::1", lines[i]);
    WriteFile(text, used);
    CHECK(WeirLogReaderOpen(path, &reader, &err) == 0);
    for (i = 0; i < 5 && WeirLogReaderNext(reader, &items, &err) == 1; i++) {
        CHECK(items->valid == (i < 4));
        CHECK(i == 4 || items->rxNs == rxMs[i] * WEIR_NS_PER_MS);
        CHECK(i == 4 || items->rxNs - items->txNs == delayMs[i] * WEIR_NS_PER_MS);
    }
    CHECK(i == 5 && WeirLogReaderInfo(reader).format == WEIR_LOG_TEXT);
    CHECK(strcmp(WeirLogFlowHost(WeirLogReaderFlow(reader, 0)->src), "::1") == 0);
    WeirLogReaderClose(reader);
}

/* More flows than the cache of recent ones holds, some of them equal in all but one part.
 */
static void TestManyFlows(void)
{
    enum { FLOWS = 1500, ROUNDS = 3 };
    WeirLog *log;
    WeirLogLane *lane;
    WeirErr err;
    WeirLogReader *reader;
    WeirCompatOpts opts = { false, UINT32_MAX };
    WeirCompat *compat = WeirCompatNew(&opts);
    WeirLogStat *stat = WeirLogStatNew();
    int i, round;
    unlink(path); /* a text log would not be replaced */
    log = Open(WEIR_LOG_ITG);
    lane = WeirLogLaneFor(log, 0);
    for (i = 0; i < FLOWS; i++) {
        WeirLogFlow flow = SomeFlow((uint32_t)(i % 3));
        uint32_t index;
        flow.dst.v4.sin_addr.s_addr = htonl(0x0a000000u + (uint32_t)(i / 3));
        CHECK(WeirLogAddFlow(log, &flow, &index, NULL) == 0 && index == (uint32_t)i);
    }
    for (round = 0; round < ROUNDS; round++)
        for (i = 0; i < FLOWS; i++) {
            WeirRecord r = { noonNs,      noonNs + round * WEIR_NS_PER_MS + i,
                             (uint32_t)i, (uint32_t)round + 1,
                             10,          0 };
            CHECK(WeirLogPut(lane, &r));
        }
    CHECK(WeirLogClose(log, &err) == 0);
    CHECK(WeirLogReaderOpen(path, &reader, &err) == 0);
    CHECK(WeirLogSummarise(reader, compat, stat, &err) == 0);
    CHECK(WeirCompatFlows(compat) == FLOWS);
    for (i = 0; i < FLOWS; i++) {
        CHECK(WeirCompatFlowFigures(compat, (uint32_t)i).packets == ROUNDS);
        CHECK(WeirLogStatFlow(stat, (uint32_t)i).lost == 0);
    }
    CHECK(WeirLogStatTotal(stat).packets == FLOWS * ROUNDS);
    WeirCompatFree(compat);
    WeirLogStatFree(stat);
    WeirLogReaderClose(reader);
}

/* ------------------------------------------------------------ figures and series */

/* seq, sent ms, received ms: 2 is lost, 5 comes late, 6 comes twice, 8 is the last. */
static const int packets[][3] = { { 1, 0, 10 },  { 3, 20, 40 },  { 4, 30, 45 },
                                  { 6, 50, 61 }, { 5, 40, 62 },  { 6, 50, 63 },
                                  { 7, 60, 70 }, { 8, 150, 170 } };

static void WritePackets(WeirLogFormat format)
{
    WeirLog *log = Open(format);
    WeirLogFlow flow = SomeFlow(5);
    WeirRecord r = { 0, 0, 0, 0, 125, 0 };
    size_t i;
    CHECK(WeirLogAddFlow(log, &flow, &r.flow, NULL) == 0);
    for (i = 0; i < 8; i++) {
        r.seq = (uint32_t)packets[i][0];
        r.txNs = noonNs + packets[i][1] * WEIR_NS_PER_MS;
        r.rxNs = noonNs + packets[i][2] * WEIR_NS_PER_MS;
        WeirLogPut(WeirLogLaneFor(log, 0), &r);
    }
    CHECK(WeirLogClose(log, NULL) == 0);
}

static bool Near(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

static void TestFigures(WeirLogFormat format)
{
    WeirLogReader *reader;
    WeirLogStat *stat = WeirLogStatNew();
    WeirLogFigures f;
    WeirErr err;
    WritePackets(format);
    CHECK(WeirLogReaderOpen(path, &reader, &err) == 0);
    CHECK(WeirLogSummarise(reader, NULL, stat, &err) == 0);
    f = WeirLogStatFlow(stat, 0);
    CHECK(f.packets == 8 && f.bytes == 1000 && Near(f.elapsed, 0.160));
    CHECK(Near(f.packetRate, 7 / 0.160) && Near(f.bitRate, 7 * 125 * 8 / 0.160));
    CHECK(f.lost == 1 && f.lossEvents == 1 && f.duplicates == 1 && f.reordered == 1);
    CHECK(Near(f.lossRatio, 1 / 8.0));
    CHECK(Near(f.delayMin, 0.010) && Near(f.delayMax, 0.022));
    CHECK(Near(f.delayMean, (10 + 20 + 15 + 11 + 22 + 13 + 10 + 20) / 8e3));
    CHECK(Near(f.jitterMean, (10 + 5 + 4 + 11 + 9 + 3 + 10) / 7e3));
    CHECK(f.delayP50 > 0.0127 && f.delayP50 < 0.0133);
    f = WeirLogStatTotal(stat);
    CHECK(f.packets == 8 && f.lost == 1 && Near(f.delayMean, 0.015125));
    WeirLogStatFree(stat);
    WeirLogReaderClose(reader);
}

static void TestSeries(WeirLogFormat format)
{
    WeirSeriesOpts opts = { 50 * WEIR_NS_PER_MS, false, 0 };
    WeirLogSeries *series;
    WeirSeriesPoint p;
    WeirErr err;
    uint32_t which;
    WritePackets(format);
    CHECK(WeirLogSeriesRead(path, &opts, &series, &err) == 0);
    CHECK(WeirLogSeriesCount(series) == 2);
    CHECK(WeirLogSeriesFlow(series, 0)->id == 5 && !WeirLogSeriesFlow(series, 1));
    for (which = 0; which < 2; which++) { /* one flow: the sum equals it */
        CHECK(WeirLogSeriesPoints(series, which) == 4);
        p = WeirLogSeriesPoint(series, which, 0); /* 1, 3, 4: 2 shows as lost */
        CHECK(p.time == 0 && Near(p.packetRate, 60) && Near(p.bitRate, 60000));
        CHECK(Near(p.delay, 0.015) && Near(p.jitter, 0.0075) && p.loss == 1);
        p = WeirLogSeriesPoint(series, which, 1); /* 6, 5 late, 6, 7: nothing is lost */
        CHECK(Near(p.time, 0.05) && Near(p.packetRate, 80) && p.loss == 0);
        CHECK(Near(p.delay, 0.014));
        p = WeirLogSeriesPoint(series, which, 2);
        CHECK(p.packetRate == 0 && isnan(p.delay) && isnan(p.jitter) && p.loss == 0);
        p = WeirLogSeriesPoint(series, which, 3);
        CHECK(Near(p.packetRate, 20) && Near(p.jitter, 0.010));
    }
    WeirLogSeriesFree(series);
    opts.intervalNs = 1;
    CHECK(WeirLogSeriesRead(path, &opts, &series, &err) == WEIR_E_LIMIT);
    opts.intervalNs = WEIR_NS_PER_S;
    opts.oneId = true;
    opts.id = 6;
    CHECK(WeirLogSeriesRead(path, &opts, &series, &err) == WEIR_E_ARG);
}

/* ------------------------------------------------------------ remarks */

/* Reads the file and answers its remarks; the caller closes the reader. */
static const WeirLogNote *ReadNotes(WeirLogReader **reader, uint32_t *count, int *records)
{
    const WeirLogItem *items;
    WeirErr err;
    int n;
    CHECK(WeirLogReaderOpen(path, reader, &err) == 0);
    for (*records = 0; (n = WeirLogReaderNext(*reader, &items, &err)) > 0;)
        *records += n;
    CHECK(n == 0);
    return WeirLogReaderNotes(*reader, count);
}

/* Remarks of two flows between their packets, one longer than is kept; then the file cut
 * off within that one. */
static void TestRemarks(void)
{
    WeirLog *log = Open(WEIR_LOG_WEIR);
    WeirLogFlow flows[2] = { SomeFlow(1), SomeFlow(2) };
    WeirRecord record = { noonNs, noonNs, 0, 1, 100, 0 };
    size_t longBytes = 70000;
    char *text = calloc(1, longBytes + 1);
    const WeirLogNote *notes;
    WeirLogReader *reader;
    uint32_t count;
    int i, records;
    int64_t whole;
    for (i = 0; i < 2; i++)
        CHECK(WeirLogAddFlow(log, &flows[i], &record.flow, NULL) == 0);
    for (i = 0; text && i < (int)longBytes; i += 2)
        memcpy(text + i, "\xc3\xa9", 2);
    CHECK(WeirLogAddNote(log, 1, noonNs + 7, "-rate 1000pps", NULL) == 0);
    CHECK(WeirLogPut(WeirLogLaneFor(log, 0), &record));
    CHECK(WeirLogFlush(log, NULL) == 0 && WeirLogIdle(log));
    text[0] = 'x'; /* so that the limit falls within a character */
    memmove(text + 1, text + 2, longBytes - 1);
    CHECK(WeirLogAddNote(log, 0, noonNs + 8, text, NULL) == 0);
    CHECK(WeirLogPut(WeirLogLaneFor(log, 0), &record));
    CHECK(WeirLogClose(log, NULL) == 0);
    notes = ReadNotes(&reader, &count, &records);
    CHECK(count == 2 && records == 2 && WeirLogReaderInfo(reader).ended);
    CHECK(notes[0].flow == 1 && notes[0].timeNs == noonNs + 7);
    CHECK(strcmp(notes[0].text, "-rate 1000pps") == 0);
    CHECK(notes[1].flow == 0 && notes[1].timeNs == noonNs + 8);
    CHECK(strlen(notes[1].text) == 64 * 1024 - 1); /* no half character */
    CHECK(strncmp(notes[1].text, text, 64 * 1024 - 1) == 0);
    WeirLogReaderClose(reader);
    whole = FileBytes();
    CHECK(truncate(path, whole - 1000) == 0);
    notes = ReadNotes(&reader, &count, &records);
    CHECK(count == 1 && records == 1 && WeirLogReaderInfo(reader).partialBytes > 60000);
    WeirLogReaderClose(reader);
    free(text);
}

/* ------------------------------------------------------------ what ITGDec writes */

/* The same as printf and strtod, for halves and their neighbours too. */
static void CheckDecimal(double value)
{
    char ours[WEIR_DECIMAL_ROOM], libc[WEIR_DECIMAL_ROOM];
    double back;
    int len = WeirDecimal6(value, ours, &back);
    CHECK(len == snprintf(libc, sizeof libc, "%f", value));
    CHECK(strcmp(ours, libc) == 0);
    CHECK(back == strtod(libc, NULL));
}

static void TestDecimal(void)
{
    static const double values[] = { 0,      1,      59.999999, 59.9999995,
                                     5e-7,   1.5e-6, 2.5e-6,    0.1,
                                     1e-300, 5e-324, 86399.75,  3.9e9,
                                     4e9,    1e15,   1e300,     HUGE_VAL };
    char text[WEIR_DECIMAL_ROOM];
    double back, value;
    unsigned state = 1;
    size_t i;
    for (i = 0; i < sizeof values / sizeof *values; i++) {
        CheckDecimal(values[i]);
        CheckDecimal(-values[i]);
    }
    for (i = 0; i < 200000; i++) {
        state = state * 1664525u + 1013904223u;
        value = (double)(state >> 8) / (double)(1u << (state & 15));
        CheckDecimal(value * 1e-3);
        CheckDecimal(-nextafter((double)(state >> 12) / 2 * 1e-6, (double)(state & 1)));
        CheckDecimal((double)(state >> 12) / 128);
    }
    CHECK(WeirDecimal6(NAN, text, &back) == 4 && strcmp(text, "-nan") == 0 &&
          isnan(back));
}

/* Numbers of all sizes in two flows: found when they were sent, the first of two counts,
 * others are not found. */
static void TestSent(void)
{
    static const uint32_t seqs[] = { 1, 2, 63, 64, 65, 1000000, 2, UINT32_MAX };
    WeirLogReader *reader;
    WeirSent *sent;
    WeirItgTime tx;
    const WeirLogItem *items;
    WeirLog *log;
    WeirErr err;
    uint32_t flow, i;
    int count;
    unlink(path);
    CHECK(WeirLogOpen(path, WEIR_LOG_ITG, 0, NULL, &log, &err) == WEIR_OK);
    for (flow = 0; flow < 2; flow++) {
        WeirLogFlow info = SomeFlow(flow + 1);
        CHECK(WeirLogAddFlow(log, &info, &i, &err) == WEIR_OK);
        for (i = 0; i < 8; i++) {
            int64_t atNs = noonNs + (int64_t)(flow * 8 + i) * WEIR_NS_PER_S;
            WeirRecord record = { atNs, atNs, flow, seqs[i], 100, 0 };
            CHECK(WeirLogPut(WeirLogLaneFor(log, 0), &record));
        }
    }
    CHECK(WeirLogClose(log, &err) == WEIR_OK);
    CHECK(WeirSentRead(path, &sent, &err) == WEIR_OK);
    CHECK(WeirLogReaderOpen(path, &reader, &err) == WEIR_OK);
    while ((count = WeirLogReaderNext(reader, &items, &err)) > 0)
        CHECK(count == 16);
    for (flow = 0; flow < 2; flow++) {
        for (i = 0; i < 8; i++) {
            CHECK(WeirSentFind(sent, reader, flow, seqs[i], &tx, &err) == 1);
            CHECK(tx.seconds == flow * 8 + (i == 6 ? 1 : i));
        }
        CHECK(WeirSentFind(sent, reader, flow, 3, &tx, &err) == 0);
        CHECK(WeirSentFind(sent, reader, flow, 66000, &tx, &err) == 0);
    }
    WeirLogReaderClose(reader);
    WeirSentFree(sent);
}

/* Flows come and go: the places of those that were dropped are given to others, and every
 * record has its own flow's id. */
static void TestDroppedFlows(void)
{
    enum { ROUNDS = 200, FLOWS = 20 };
    WeirLog *log = Open(WEIR_LOG_ITG);
    WeirLogLane *lane = WeirLogLaneFor(log, 0);
    WeirLogReader *reader;
    const WeirLogItem *items;
    WeirErr err;
    uint32_t places[FLOWS], highest = 0, wrong = 0, records = 0;
    int i, n, round;
    for (round = 0; round < ROUNDS; round++) {
        for (i = 0; i < FLOWS; i++) {
            WeirLogFlow flow = SomeFlow((uint32_t)(round * FLOWS + i + 1));
            WeirRecord r = { noonNs, noonNs, 0, 1, 10, 0 };
            CHECK(WeirLogAddFlow(log, &flow, &places[i], NULL) == 0);
            r.flow = places[i];
            CHECK(WeirLogPut(lane, &r));
            if (places[i] > highest)
                highest = places[i];
        }
        CHECK(WeirLogFlush(log, &err) == 0);
        for (i = 0; i < FLOWS; i++)
            WeirLogDropFlow(log, places[i]);
    }
    CHECK(highest < 3 * FLOWS);
    CHECK(WeirLogDropped(log) == 0);
    CHECK(WeirLogClose(log, &err) == 0);
    CHECK(WeirLogReaderOpen(path, &reader, &err) == 0);
    while ((n = WeirLogReaderNext(reader, &items, &err)) > 0)
        for (i = 0; i < n; i++)
            wrong += WeirLogReaderFlow(reader, items[i].flow)->id != ++records;
    CHECK(records == ROUNDS * FLOWS && wrong == 0);
    WeirLogReaderClose(reader);
}

int main(void)
{
    WeirLogFormat format;
    snprintf(path, sizeof path, "log_test.%ld.tmp", (long)getpid());
    TestRecord();
    CHECK(IsPrompt() || IsPrompt() || IsPrompt());
    TestOpening();
    TestGarbage();
    TestMidnight();
    TestManyFlows();
    TestDroppedFlows();
    TestRemarks();
    TestDecimal();
    TestSent();
    for (format = WEIR_LOG_ITG; format <= WEIR_LOG_WEIR; format++) {
        TestProducers(format);
        TestFullDisk(format);
        TestCutOff(format);
        TestFigures(format);
        TestSeries(format);
    }
    unlink(path);
    if (failures)
        printf("%d failed\n", failures);
    return failures != 0;
}
