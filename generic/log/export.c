#include "config.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "log/export.h"
#include "log/outfile.h"

enum { NUMBER_ROOM = 32 };

/* Text that grows; each of these returns its new end.  A line of any record fits. */
enum { LINE_ROOM = 320 + 2 * WEIR_DECIMAL_ROOM };

static char *AddText(char *at, const char *text, size_t width)
{
    size_t len = strlen(text);
    for (; width > len; width--)
        *at++ = ' ';
    memcpy(at, text, len);
    return at + len;
}

static char *AddNumber(char *at, uint32_t value, int width, char fill)
{
    char digits[10];
    int count = 0;
    do
        digits[count++] = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    for (; width > count; width--)
        *at++ = fill;
    while (count > 0)
        *at++ = digits[--count];
    return at;
}

static char *AddTime(char *at, const WeirItgTime *t, char between)
{
    at = AddNumber(at, t->hour, 0, ' ');
    *at++ = between;
    at = AddNumber(at, t->minute, 0, ' ');
    *at++ = between;
    return at + WeirDecimal6(t->seconds, at, NULL);
}

void WeirExportTextLine(FILE *out, const WeirLogFlowInfo *flow, const WeirLogItem *item)
{
    char line[LINE_ROOM], *at = line;
    at = AddNumber(AddText(at, "Flow>", 0), flow->id, 4, '0');
    at = AddNumber(AddText(at, " Seq>", 0), item->seq, 7, ' ');
    at = AddText(AddText(at, " Src>", 0), flow->src, WEIR_ITG_ADDR_BYTES);
    at = AddNumber(AddText(at, "/", 0), flow->srcPort & 65535, 0, ' ');
    at = AddText(AddText(at, " Dest>", 0), flow->dst, WEIR_ITG_ADDR_BYTES);
    at = AddNumber(AddText(at, "/", 0), flow->dstPort & 65535, 0, ' ');
    at = AddTime(AddText(at, " txTime>", 0), &item->tx, ':');
    at = AddTime(AddText(at, " rxTime>", 0), &item->rx, ':');
    at = AddNumber(AddText(at, " Size>", 0), item->size, 5, ' ');
    *at++ = '\n';
    fwrite(line, 1, (size_t)(at - line), out);
}

void WeirExportOctaveLine(FILE *out, const WeirLogItem *item)
{
    char line[LINE_ROOM], *at = line;
    at = AddNumber(at, item->seq, 7, ' ');
    at = AddTime(AddText(at, " ", 0), &item->tx, ' ');
    at = AddTime(AddText(at, " ", 0), &item->rx, ' ');
    at = AddNumber(AddText(at, " ", 0), item->size, 0, ' ');
    *at++ = '\n';
    fwrite(line, 1, (size_t)(at - line), out);
}

/* Nanoseconds as seconds, exactly. */
static const char *Seconds(int64_t ns, bool valid, const char *undefined,
                           char buf[NUMBER_ROOM])
{
    uint64_t magnitude = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    if (!valid)
        return undefined;
    snprintf(buf, NUMBER_ROOM, "%s%" PRIu64 ".%09" PRIu64, ns < 0 ? "-" : "",
             magnitude / WEIR_NS_PER_S, magnitude % WEIR_NS_PER_S);
    return buf;
}

static void CsvLine(FILE *out, const WeirLogFlowInfo *flow, const WeirLogItem *item)
{
    char tx[NUMBER_ROOM], rx[NUMBER_ROOM], delay[NUMBER_ROOM];
    char src[WEIR_LOG_END_TEXT], dst[WEIR_LOG_END_TEXT];
    fprintf(out, "%u,%s,%s,%u,%u,%s,%s,%s,%d\n", (unsigned)flow->id,
            WeirLogFlowEnd(flow->src, flow->srcPort, src),
            WeirLogFlowEnd(flow->dst, flow->dstPort, dst), (unsigned)item->seq,
            (unsigned)item->size, Seconds(item->txNs, item->valid, "", tx),
            Seconds(item->rxNs, item->valid, "", rx),
            Seconds(item->rxNs - item->txNs, item->valid, "", delay), item->valid);
}

static void JsonLine(FILE *out, const WeirLogFlowInfo *flow, const WeirLogItem *item,
                     bool first)
{
    char tx[NUMBER_ROOM], rx[NUMBER_ROOM], delay[NUMBER_ROOM];
    char src[WEIR_LOG_END_TEXT], dst[WEIR_LOG_END_TEXT];
    fprintf(out,
            "%s{\"flow\":%u,\"source\":\"%s\",\"destination\":\"%s\",\"seq\":%u,"
            "\"size\":%u,\"tx\":%s,\"rx\":%s,\"delay\":%s,\"valid\":%s}",
            first ? "" : ",\n", (unsigned)flow->id,
            WeirLogFlowEnd(flow->src, flow->srcPort, src),
            WeirLogFlowEnd(flow->dst, flow->dstPort, dst), (unsigned)item->seq,
            (unsigned)item->size, Seconds(item->txNs, item->valid, "null", tx),
            Seconds(item->rxNs, item->valid, "null", rx),
            Seconds(item->rxNs - item->txNs, item->valid, "null", delay),
            item->valid ? "true" : "false");
}

static int Convert(WeirLogReader *reader, FILE *out, WeirExportFormat format,
                   WeirErr *err)
{
    const WeirLogItem *items;
    bool first = true;
    int count, i;
    if (format == WEIR_EXPORT_CSV)
        fputs("flow,source,destination,seq,size,tx,rx,delay,valid\n", out);
    if (format == WEIR_EXPORT_JSON)
        fputs("[\n", out);
    while ((count = WeirLogReaderNext(reader, &items, err)) > 0 && !ferror(out)) {
        for (i = 0; i < count; i++, first = false) {
            const WeirLogFlowInfo *flow = WeirLogReaderFlow(reader, items[i].flow);
            if (format == WEIR_EXPORT_TEXT)
                WeirExportTextLine(out, flow, &items[i]);
            else if (format == WEIR_EXPORT_OCTAVE)
                WeirExportOctaveLine(out, &items[i]);
            else if (format == WEIR_EXPORT_CSV)
                CsvLine(out, flow, &items[i]);
            else
                JsonLine(out, flow, &items[i], first);
        }
    }
    if (format == WEIR_EXPORT_JSON)
        fputs(first ? "]\n" : "\n]\n", out);
    return count < 0 ? count : WEIR_OK;
}

int WeirLogExport(const char *path, const char *outPath, WeirExportFormat format,
                  int64_t *records, WeirErr *err)
{
    WeirLogReader *reader;
    WeirOut out;
    WeirErr closing;
    int rc = WeirLogReaderOpen(path, &reader, err);
    if (rc < 0)
        return rc;
    if (WeirOutSame(path, outPath))
        rc = WeirFail(err, WEIR_E_ARG,
                      "a log cannot be exported onto itself: name another file than "
                      "\"%.200s\"",
                      outPath);
    else
        rc = WeirOutOpen(&out, outPath, err);
    if (rc == WEIR_OK) {
        rc = Convert(reader, out.file, format, err);
        if (WeirOutClose(&out, &closing) < 0 && rc == WEIR_OK) {
            *err = closing;
            rc = closing.code;
        }
    }
    *records = WeirLogReaderInfo(reader).records;
    WeirLogReaderClose(reader);
    return rc;
}
