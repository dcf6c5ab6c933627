#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "log/compat.h"

typedef struct Flow { /* packets 0: no valid record yet */
    uint64_t packets, bytes, lost;
    uint32_t maxSeq, duplicates, lossEvents;
    double minRx, maxRx;
    double minDelay, maxDelay, lastDelay;
    double delaySum, squareSum, jitterSum;
} Flow;

struct WeirCompat {
    WeirCompatOpts opts;
    Flow *flows;     /* by the reader's index */
    uint32_t *order; /* of first valid record */
    uint32_t room, count;
    Flow all; /* lost, lossEvents and maxRx unused */
    uint64_t errorLines;
};

WeirCompat *WeirCompatNew(const WeirCompatOpts *opts)
{
    WeirCompat *c = calloc(1, sizeof *c);
    if (c) {
        c->opts = *opts;
        c->all.minRx = 90000; /* what ITGDec shows of an empty log */
        c->all.minDelay = 90000;
        c->all.maxDelay = -86400;
    }
    return c;
}

void WeirCompatFree(WeirCompat *c)
{
    if (c) {
        free(c->flows);
        free(c->order);
    }
    free(c);
}

static int Grow(WeirCompat *c, uint32_t need, WeirErr *err)
{
    uint32_t room = c->room ? c->room : 16;
    Flow *flows;
    uint32_t *order;
    while (room < need)
        room *= 2;
    flows = realloc(c->flows, room * sizeof *flows);
    if (flows)
        c->flows = flows;
    order = realloc(c->order, room * sizeof *order);
    if (order)
        c->order = order;
    if (!flows || !order)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for %u flows", (unsigned)need);
    memset(flows + c->room, 0, (room - c->room) * sizeof *flows);
    c->room = room;
    return WEIR_OK;
}

/* ITGDec's running guess of what was lost: the highest number minus the packets, where an
 * excess of packets is taken for duplicates. */
static void CountLoss(Flow *f, uint32_t seq)
{
    uint64_t lost;
    if (seq > f->maxSeq)
        f->maxSeq = seq;
    if (seq > f->lost + f->packets)
        f->lossEvents++;
    if (f->maxSeq < f->packets - f->duplicates) {
        f->duplicates = (uint32_t)(f->packets - f->maxSeq);
        f->lost = 0;
        return;
    }
    lost = f->maxSeq - f->packets + f->duplicates;
    if (lost < f->lost)
        f->lossEvents--;
    f->lost = lost;
}

static void Take(Flow *f, double rx, double delay, uint32_t size)
{
    if (f->packets > 0)
        f->jitterSum += fabs(delay - f->lastDelay);
    f->lastDelay = delay;
    f->packets++;
    f->bytes += size;
    f->delaySum += delay;
    f->squareSum += delay * delay;
    f->minRx = rx < f->minRx ? rx : f->minRx;
    f->minDelay = delay < f->minDelay ? delay : f->minDelay;
    f->maxDelay = delay > f->maxDelay ? delay : f->maxDelay;
}

static void AddOne(WeirCompat *c, const WeirLogItem *item, uint32_t index)
{
    double rx = WeirItgTimeSeconds(&item->rx);
    double delay = rx - WeirItgTimeSeconds(&item->tx);
    Flow *f = &c->flows[index];
    bool first = f->packets == 0;
    if (first) {
        c->order[c->count++] = index;
        f->minRx = f->maxRx = rx;
        f->minDelay = f->maxDelay = delay;
        f->maxSeq = item->seq;
    }
    Take(f, rx, delay, item->size);
    f->maxRx = rx > f->maxRx ? rx : f->maxRx;
    if (!first)
        CountLoss(f, item->seq);
    Take(&c->all, rx, delay, item->size);
}

int WeirCompatAdd(WeirCompat *c, const WeirLogReader *reader, const WeirLogItem *items,
                  int count, WeirErr *err)
{
    uint32_t flows = WeirLogReaderFlows(reader);
    int i;
    if (flows > c->room && Grow(c, flows, err) < 0)
        return WEIR_E_MEMORY;
    for (i = 0; i < count; i++) {
        if (WeirCompatTakes(&c->opts, reader, &items[i]))
            AddOne(c, &items[i], c->opts.oneFlow ? 0 : items[i].flow);
        else
            c->errorLines++;
    }
    return WEIR_OK;
}

/* ------------------------------------------------------------ figures */

uint32_t WeirCompatFlows(const WeirCompat *c)
{
    return c->count;
}

uint32_t WeirCompatFlow(const WeirCompat *c, uint32_t at)
{
    return c->order[at];
}

uint64_t WeirCompatErrorLines(const WeirCompat *c)
{
    return c->errorLines;
}

static WeirCompatFigures Figures(const Flow *f, double totalTime, uint64_t lost,
                                 uint32_t lossEvents)
{
    WeirCompatFigures out;
    double n = (double)f->packets, variance;
    memset(&out, 0, sizeof out);
    out.packets = f->packets;
    out.bytes = f->bytes;
    out.lost = lost;
    out.lossEvents = lossEvents;
    out.totalTime = totalTime;
    out.delayMin = f->minDelay;
    out.delayMax = f->maxDelay;
    out.delayMean = f->delaySum / n;
    out.jitterMean = f->packets > 1 ? f->jitterSum / (n - 1) : 0;
    variance = f->squareSum / n - out.delayMean * out.delayMean;
    out.delayStddev = variance > 0 ? sqrt(variance) : 0;
    if (totalTime > 0) {
        out.kbitRate = (double)f->bytes * 8 / 1000 / totalTime;
        out.packetRate = n / totalTime;
    }
    if (lost > 0) {
        out.lossPercent = 100 * (double)lost / (double)(f->packets + lost);
        out.lossBurst = (double)lost / (double)lossEvents;
    }
    return out;
}

WeirCompatFigures WeirCompatFlowFigures(const WeirCompat *c, uint32_t at)
{
    const Flow *f = &c->flows[c->order[at]];
    return Figures(f, f->maxRx - f->minRx, f->lost, f->lossEvents);
}

/* ITGDec keeps these two sums in 32 bits. */
WeirCompatFigures WeirCompatTotals(const WeirCompat *c)
{
    uint32_t lost = 0, lossEvents = 0, i;
    WeirCompatFigures out;
    double maxRx = 0;
    for (i = 0; i < c->count; i++) {
        const Flow *f = &c->flows[c->order[i]];
        lost += (uint32_t)f->lost;
        lossEvents += f->lossEvents;
        maxRx = f->maxRx > maxRx ? f->maxRx : maxRx;
    }
    out = Figures(&c->all, maxRx - c->all.minRx, lost, lossEvents);
    if (lost > 0) /* the product wraps, too */
        out.lossPercent = (uint32_t)(100 * lost) / (double)(out.packets + lost);
    return out;
}

/* ------------------------------------------------------------ the report */

static const char rule[] = "----------------------------------------------------------\n";
static const char line[] = "__________________________________________________________\n";

static void Real(FILE *out, const char *label, double value, const char *unit)
{
    if (isnan(value)) /* 0/0 on x86-64, where the stock tool prints the sign */
        fprintf(out, "%-25s= %13s%s\n", label, "-nan", unit);
    else
        fprintf(out, "%-25s= %13.6f%s\n", label, value, unit);
}

static void Count(FILE *out, const char *label, uint64_t value)
{
    fprintf(out, "%-25s= %13llu\n", label, (unsigned long long)value);
}

static void Block(FILE *out, const WeirCompatFigures *f, bool total)
{
    Real(out, "Total time", f->totalTime, " s");
    Count(out, "Total packets", f->packets);
    Real(out, "Minimum delay", f->delayMin, " s");
    Real(out, "Maximum delay", f->delayMax, " s");
    Real(out, "Average delay", f->delayMean, " s");
    Real(out, "Average jitter", f->jitterMean, " s");
    Real(out, "Delay standard deviation", f->delayStddev, " s");
    Count(out, "Bytes received", f->bytes);
    Real(out, "Average bitrate", f->kbitRate, " Kbit/s");
    Real(out, "Average packet rate", f->packetRate, " pkt/s");
    fprintf(out, "%-25s= %13llu (%3.2f %%)\n", "Packets dropped",
            (unsigned long long)f->lost, f->lossPercent);
    if (total && f->lossBurst == 0)
        fprintf(out, "%-25s= %13.0f pkt\n", "Average loss-burst size", 0.0);
    else
        Real(out, "Average loss-burst size", f->lossBurst, " pkt");
}

static void FlowBlock(FILE *out, const WeirCompat *c, const WeirLogReader *reader,
                      uint32_t at)
{
    WeirCompatFigures figures = WeirCompatFlowFigures(c, at);
    const WeirLogFlowInfo *flow = WeirLogReaderFlow(reader, WeirCompatFlow(c, at));
    fputs(rule, out);
    if (c->opts.oneFlow)
        fputs("Flow number: 1\nFrom 127.0.0.1:9999\nTo    127.0.0.1:8999\n", out);
    else
        fprintf(out, "Flow number: %u\nFrom %s:%u\nTo    %s:%u\n", (unsigned)flow->id,
                flow->src, (unsigned)flow->srcPort, flow->dst, (unsigned)flow->dstPort);
    fputs(rule, out);
    Block(out, &figures, false);
    fputs(rule, out);
}

char *WeirCompatReport(const WeirCompat *c, const WeirLogReader *reader)
{
    WeirCompatFigures totals = WeirCompatTotals(c);
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    uint32_t i;
    if (!out)
        return NULL;
    for (i = 0; i < c->count; i++)
        FlowBlock(out, c, reader, i);
    if (c->count == 0)
        fputs("Empty log file\n", out);
    fprintf(out, "\n%s****************  TOTAL RESULTS   ******************\n%s", line,
            line);
    Count(out, "Number of flows", c->count);
    Block(out, &totals, true);
    Count(out, "Error lines", c->errorLines);
    fputs(rule, out);
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
