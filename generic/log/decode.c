#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "log/decode.h"
#include "log/export.h"
#include "log/outfile.h"
#include "log/readerInt.h"
#include "log/sent.h"
#include "log/split.h"

enum {
    TABLE_FILES = WEIR_INTERVAL_KINDS + 1,
    OUTPUTS = 5 + TABLE_FILES,
    LINES = 32 * 1024
};

typedef struct Decode {
    const char *path;
    const WeirDecodeJob *job;
    union {
        struct {
            WeirOut text, octave, delays, jitters, rebuilt, tables[TABLE_FILES];
        };
        WeirOut outputs[OUTPUTS];
    };
    WeirCompat *compat;
    WeirIntervals *intervals;
    WeirSplit *split;
    WeirSent *sent;
    bool everyPacket; /* something needs packets one by one */
    double lastRx, lastDelay;
    int64_t valid;
    char lines[LINES + 32 + WEIR_DECIMAL_ROOM]; /* that wait to be put */
    int lineBytes;
    int64_t again; /* packets of the first pass that the second has not seen */
    WeirLogItem items[WEIR_READ_ITEMS]; /* with the sender's times */
} Decode;

/* ------------------------------------------------------------ outputs */

static const WeirDecodeTable *TableOf(const WeirDecodeJob *job, int which)
{
    return which < WEIR_INTERVAL_KINDS ? &job->tables[which] : &job->combined;
}

static void NamePaths(const WeirDecodeJob *job, const char *paths[OUTPUTS])
{
    int i;
    paths[0] = job->text;
    paths[1] = job->octave;
    paths[2] = job->delays;
    paths[3] = job->jitters;
    paths[4] = job->rebuilt;
    for (i = 0; i < TABLE_FILES; i++)
        paths[5 + i] = TableOf(job, i)->path;
}

/* Devices may take several outputs; a file that is not there yet is known by its name
 * only. */
static bool Collide(const char *a, const char *b)
{
    struct stat st;
    if (!a || !b)
        return false;
    return WeirOutSame(a, b) || (strcmp(a, b) == 0 && stat(a, &st) != 0);
}

static int OpenOutputs(Decode *d, WeirErr *err)
{
    const char *paths[OUTPUTS];
    int i, k;
    NamePaths(d->job, paths);
    for (i = 0; i < OUTPUTS; i++) {
        if (Collide(paths[i], d->path) || Collide(paths[i], d->job->sender))
            return WeirFail(err, WEIR_E_ARG,
                            "\"%.200s\" is a log that is read: write to another file",
                            paths[i]);
        for (k = 0; k < i; k++)
            if (Collide(paths[i], paths[k]))
                return WeirFail(err, WEIR_E_ARG,
                                "two outputs would go to \"%.200s\": use another file "
                                "for one of them",
                                paths[i]);
    }
    for (i = 0; i < OUTPUTS; i++)
        if (WeirOutOpen(&d->outputs[i], paths[i], err) < 0)
            return err->code;
    return WEIR_OK;
}

/* An error that is there already (`rc`) stays the one that is told. */
static int CloseOutputs(Decode *d, int rc, WeirErr *err)
{
    WeirErr closing;
    int i;
    for (i = 0; i < OUTPUTS; i++)
        if (WeirOutClose(&d->outputs[i], &closing) < 0 && rc >= 0) {
            *err = closing;
            rc = closing.code;
        }
    return rc;
}

static bool OutputsBad(const Decode *d)
{
    int i;
    for (i = 0; i < OUTPUTS; i++)
        if (WeirOutBad(&d->outputs[i]))
            return true;
    return false;
}

/* ------------------------------------------------------------ one packet */

static int PutLines(Decode *d, WeirErr *err)
{
    int len = d->lineBytes;
    d->lineBytes = 0;
    return len > 0 ? d->job->lines.put(d->job->lines.arg, d->lines, len, err) : WEIR_OK;
}

/* The time between packets is that from the last valid one, also to one that is not. */
static int AddLines(Decode *d, const WeirLogItem *item, WeirErr *err)
{
    char *at = d->lines + d->lineBytes;
    if (d->job->lines.sizes)
        at += snprintf(at, 16, "%u\n", (unsigned)item->size);
    if (d->job->lines.gaps && d->valid > 0) {
        double rx = item->rx.hour * 3600.0 + item->rx.minute * 60.0 + item->rx.seconds;
        at += WeirDecimal6(rx - d->lastRx, at, NULL);
        *at++ = '\n';
    }
    d->lineBytes = (int)(at - d->lines);
    return d->lineBytes < LINES ? WEIR_OK : PutLines(d, err);
}

static void PutNumber(FILE *out, double value)
{
    char text[WEIR_DECIMAL_ROOM];
    int len = WeirDecimal6(value, text, NULL);
    text[len++] = '\n';
    fwrite(text, 1, (size_t)len, out);
}

/* The packet as a record of D-ITG's log, with what the item says of times. */
static void Record(const WeirLogReader *reader, int at, const WeirLogItem *item,
                   uint8_t record[WEIR_ITG_RECORD_BYTES])
{
    WeirLogReaderRecord(reader, at, record);
    WeirItgRecordPatch(record, item->seq, item->size, item->tx, item->rx);
}

static int Split(Decode *d, const WeirLogReader *reader, int at, const WeirLogItem *item,
                 WeirErr *err)
{
    uint8_t record[WEIR_ITG_RECORD_BYTES];
    WeirLogFlowInfo key = *WeirLogReaderFlow(reader, item->flow);
    Record(reader, at, item, record);
    if (!d->job->compat.oneFlow)
        return WeirSplitAdd(d->split, item->flow, &key, record, err);
    key.id = 1;
    strcpy(key.src, "127.0.0.1");
    strcpy(key.dst, "127.0.0.1");
    WeirItgPutU32(record + WEIR_ITG_AT_FLOW, 1);
    WeirItgPutU32(record + WEIR_ITG_AT_SRC_PORT, 9999);
    WeirItgPutU32(record + WEIR_ITG_AT_DST_PORT, 8999);
    strcpy((char *)record + WEIR_ITG_AT_SRC, key.src);
    strcpy((char *)record + WEIR_ITG_AT_DST, key.dst);
    return WeirSplitAdd(d->split, 0, &key, record, err);
}

/* What is made of valid packets only. */
static int Valid(Decode *d, const WeirLogReader *reader, int at, const WeirLogItem *item,
                 WeirErr *err)
{
    double rx = WeirItgTimeSeconds(&item->rx), delay = rx - WeirItgTimeSeconds(&item->tx);
    if (d->split && Split(d, reader, at, item, err) < 0)
        return err->code;
    if (d->delays.file)
        PutNumber(d->delays.file, delay);
    if (d->jitters.file && d->valid > 0)
        PutNumber(d->jitters.file, fabs(d->lastDelay - delay));
    d->lastRx = rx;
    d->lastDelay = delay;
    d->valid++;
    return d->intervals ? WeirIntervalsAdd(d->intervals, item,
                                           d->job->compat.oneFlow ? 0 : item->flow, err)
                        : WEIR_OK;
}

static int Packet(Decode *d, const WeirLogReader *reader, int at, const WeirLogItem *item,
                  WeirErr *err)
{
    if (d->rebuilt.file) {
        uint8_t record[WEIR_ITG_RECORD_BYTES];
        Record(reader, at, item, record);
        fwrite(record, sizeof record, 1, d->rebuilt.file);
    }
    if (d->job->lines.put && AddLines(d, item, err) < 0)
        return err->code;
    if (d->text.file)
        WeirExportTextLine(d->text.file, WeirLogReaderFlow(reader, item->flow), item);
    if (d->octave.file)
        WeirExportOctaveLine(d->octave.file, item);
    return WeirCompatTakes(&d->job->compat, reader, item)
               ? Valid(d, reader, at, item, err)
               : WEIR_OK;
}

/* ------------------------------------------------------------ passes */

/* Copy the items with the times of the sender's log; after an error `*count` is how many
 * there are before it. */
static int Rebuild(Decode *d, const WeirLogReader *reader, const WeirLogItem *items,
                   int *count, WeirErr *err)
{
    int i, all = *count;
    for (i = 0; i < all; i++) {
        WeirLogItem *item = &d->items[i];
        int rc;
        *item = items[i];
        *count = i;
        rc = WeirSentFind(d->sent, reader, item->flow, item->seq, &item->tx, err);
        if (rc < 0)
            return rc;
        if (rc == 0)
            return WeirFail(
                err, WEIR_E_ARG,
                "packet %u of flow %u in \"%.150s\" is not in the sender's log "
                "\"%.150s\"",
                (unsigned)item->seq, (unsigned)WeirLogReaderFlow(reader, item->flow)->id,
                d->path, d->job->sender);
        item->valid = WeirItgTimeValid(&item->tx) && WeirItgTimeValid(&item->rx);
    }
    *count = all;
    return WEIR_OK;
}

static int Packets(Decode *d, const WeirLogReader *reader, const WeirLogItem *items,
                   int count, WeirErr *err)
{
    int i, rc = WEIR_OK;
    for (i = 0; d->everyPacket && i < count && rc == WEIR_OK; i++)
        rc = Packet(d, reader, i, &items[i], err);
    if (rc == WEIR_OK && d->compat)
        rc = WeirCompatAdd(d->compat, reader, items, count, err);
    return rc;
}

/* The second pass: intervals alone, and nothing that was added to the log meanwhile. */
static int Again(Decode *d, const WeirLogReader *reader, const WeirLogItem *items,
                 int count, WeirErr *err)
{
    int i, rc = WEIR_OK;
    for (i = 0; i < count && d->again-- > 0 && rc == WEIR_OK; i++)
        if (WeirCompatTakes(&d->job->compat, reader, &items[i]))
            rc = WeirIntervalsAdd(d->intervals, &items[i],
                                  d->job->compat.oneFlow ? 0 : items[i].flow, err);
    return rc;
}

static int Pass(Decode *d, WeirLogReader *reader,
                int (*take)(Decode *, const WeirLogReader *, const WeirLogItem *, int,
                            WeirErr *),
                WeirErr *err)
{
    const WeirLogItem *items;
    int count, rc = WEIR_OK;
    WeirLogReaderUndated(reader);
    while (rc == WEIR_OK && !OutputsBad(d)) {
        int missing = WEIR_OK;
        if ((count = WeirLogReaderNext(reader, &items, err)) <= 0)
            return count;
        if (d->sent)
            missing = Rebuild(d, reader, items, &count, err);
        rc = take(d, reader, d->sent ? d->items : items, count, err);
        if (rc == WEIR_OK)
            rc = missing;
    }
    return rc;
}

static int SecondPass(Decode *d, int64_t records, WeirErr *err)
{
    WeirLogReader *reader;
    struct stat st;
    int rc;
    d->again = records;
    if (stat(d->path, &st) == 0 && !S_ISREG(st.st_mode))
        return WeirFail(err, WEIR_E_ARG,
                        "\"%.200s\" is not a regular file: its earliest packet is so far "
                        "behind that intervals take a second pass",
                        d->path);
    rc = WeirLogReaderOpen(d->path, &reader, err);
    if (rc == WEIR_OK)
        rc = Pass(d, reader, Again, err);
    WeirLogReaderClose(reader);
    return rc;
}

static void WriteTables(const Decode *d, const WeirLogReader *reader)
{
    int i;
    for (i = 0; i < WEIR_INTERVAL_KINDS; i++)
        if (d->tables[i].file)
            WeirIntervalsWrite(d->intervals, (WeirIntervalKind)i, d->job->tables[i].ms,
                               reader, d->job->compat.oneFlow, d->tables[i].file);
    if (d->tables[WEIR_INTERVAL_KINDS].file)
        WeirIntervalsWriteCombined(d->intervals, d->job->combined.ms,
                                   d->tables[WEIR_INTERVAL_KINDS].file);
}

static int Run(Decode *d, WeirLogReader *reader, WeirErr *err)
{
    int rc = Pass(d, reader, Packets, err);
    if (rc == WEIR_OK && d->job->lines.put)
        rc = PutLines(d, err);
    if (rc == WEIR_OK && d->intervals && !OutputsBad(d)) {
        rc = WeirIntervalsEnd(d->intervals, err);
        if (rc > 0)
            rc = SecondPass(d, WeirLogReaderInfo(reader).records, err);
        if (rc == WEIR_OK)
            WriteTables(d, reader);
    }
    if (d->split) { /* what was measured is kept, also after an error */
        WeirErr ending;
        if (WeirSplitEnd(d->split, &ending) < 0 && rc >= 0) {
            *err = ending;
            rc = ending.code;
        }
    }
    return rc;
}

/* ------------------------------------------------------------ the job */

static bool Prepare(Decode *d)
{
    const WeirDecodeJob *job = d->job;
    int i, kind;
    bool tables = job->combined.path != NULL;
    for (i = 0; i < WEIR_INTERVAL_KINDS; i++)
        tables |= job->tables[i].path != NULL;
    if (job->report && !(d->compat = WeirCompatNew(&job->compat)))
        return false;
    if (job->split && !(d->split = WeirSplitNew(job->split, d->path)))
        return false;
    if (tables && !(d->intervals = WeirIntervalsNew()))
        return false;
    for (i = 0; i < TABLE_FILES; i++) {
        const WeirDecodeTable *table = TableOf(job, i);
        for (kind = 0; table->path && kind < WEIR_INTERVAL_KINDS; kind++)
            if (kind == i || i == WEIR_INTERVAL_KINDS)
                WeirIntervalsWant(d->intervals, (WeirIntervalKind)kind, table->ms);
    }
    d->everyPacket = !job->report || tables || job->text || job->octave || job->delays ||
                     job->jitters || job->split || job->rebuilt || job->lines.put;
    return true;
}

static int Work(Decode *d, WeirLogReader *reader, WeirDecodeResult *result, WeirErr *err)
{
    int rc;
    if (!Prepare(d))
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for decoding");
    if (d->job->sender && WeirSentRead(d->job->sender, &d->sent, err) < 0)
        return err->code;
    rc = OpenOutputs(d, err);
    if (rc == WEIR_OK)
        rc = Run(d, reader, err);
    rc = CloseOutputs(d, rc, err);
    if (rc < 0)
        return rc;
    result->records = WeirLogReaderInfo(reader).records;
    result->valid =
        d->everyPacket ? d->valid : (int64_t)WeirCompatTotals(d->compat).packets;
    if (d->compat && !(result->report = WeirCompatReport(d->compat, reader)))
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for the report");
    return WEIR_OK;
}

int WeirLogDecode(const char *path, const WeirDecodeJob *job, WeirDecodeResult *result,
                  WeirErr *err)
{
    WeirLogReader *reader;
    Decode *d;
    int rc = WeirLogReaderOpen(path, &reader, err);
    memset(result, 0, sizeof *result);
    if (rc < 0)
        return rc;
    d = calloc(1, sizeof *d);
    if (d) {
        d->path = path;
        d->job = job;
        rc = Work(d, reader, result, err);
        WeirCompatFree(d->compat);
        WeirIntervalsFree(d->intervals);
        WeirSplitFree(d->split);
        WeirSentFree(d->sent);
        free(d);
    } else {
        rc = WeirFail(err, WEIR_E_MEMORY, "out of memory for decoding");
    }
    WeirLogReaderClose(reader);
    return rc;
}
