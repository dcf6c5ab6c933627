#include "config.h"
#include <inttypes.h>
#include <stdio.h>
#include "base/clock.h"
#include "log/export.h"
#include "log/outfile.h"

enum { NUMBER_ROOM = 32 };

void WeirExportTextLine(FILE *out, const WeirLogFlowInfo *flow, const WeirLogItem *item)
{
    fprintf(out,
            "Flow>%04u Seq>%7u Src>%46s/%u Dest>%46s/%u txTime>%u:%u:%f rxTime>%u:%u:%f "
            "Size>%5u\n",
            (unsigned)flow->id, (unsigned)item->seq, flow->src,
            (unsigned)flow->srcPort & 65535, flow->dst, (unsigned)flow->dstPort & 65535,
            (unsigned)item->tx.hour, (unsigned)item->tx.minute, item->tx.seconds,
            (unsigned)item->rx.hour, (unsigned)item->rx.minute, item->rx.seconds,
            (unsigned)item->size);
}

void WeirExportOctaveLine(FILE *out, const WeirLogItem *item)
{
    fprintf(out, "%7u %u %u %f %u %u %f %u\n", (unsigned)item->seq,
            (unsigned)item->tx.hour, (unsigned)item->tx.minute, item->tx.seconds,
            (unsigned)item->rx.hour, (unsigned)item->rx.minute, item->rx.seconds,
            (unsigned)item->size);
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
