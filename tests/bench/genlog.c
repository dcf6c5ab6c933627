/* genlog PATH RECORDS ?FLOWS? ?itg|weir?: a record file through Weir's own writer, for
 * benchmarks and tests.  UDP flows of 10,000 packets/s in all, 0.5 % lost, delays of 20
 * to 500 us; the same arguments give the same records.  Ends with an error, and says on
 * standard output how many records there are, when the disk is full. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "log/log.h"

static const int64_t firstNs = INT64_C(1763812800) * WEIR_NS_PER_S; /* 2025-11-22 12:00 */

static uint64_t Draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static int AddFlows(WeirLog *log, int flows, WeirErr *err)
{
    WeirLogFlow flow;
    uint32_t index;
    int i, rc = WEIR_OK;
    memset(&flow, 0, sizeof flow);
    flow.protocol = 2;
    flow.meter = 1;
    flow.side = 1;
    for (i = 0; i < flows && rc == WEIR_OK; i++) {
        char source[40];
        snprintf(source, sizeof source, "127.0.0.1:%d", 20000 + i);
        flow.id = (uint32_t)i + 1;
        WeirAddrParse(source, AF_INET, 0, &flow.src, NULL);
        WeirAddrParse("127.0.0.1:8999", AF_INET, 0, &flow.dst, NULL);
        rc = WeirLogAddFlow(log, &flow, &index, err);
    }
    return rc;
}

static void Put(WeirLog *log, long records, int flows)
{
    WeirLogLane *lane = WeirLogLaneFor(log, 0);
    uint32_t *seq = calloc((size_t)flows, sizeof *seq);
    uint64_t state = 1;
    long i;
    for (i = 0; seq && i < records; i++) {
        uint64_t draw = Draw(&state);
        WeirRecord r = { 0, 0, (uint32_t)(i % flows), 0, 512, 0 };
        seq[r.flow] += draw % 200 == 0 ? 2 : 1;
        r.seq = seq[r.flow];
        r.rxNs = firstNs + i * 100 * WEIR_NS_PER_US;
        r.txNs = r.rxNs - (int64_t)(20 + draw / 200 % 480) * WEIR_NS_PER_US;
        if (i % 32768 == 32767) /* the lane holds 65,536 */
            WeirLogFlush(log, NULL);
        WeirLogPut(lane, &r);
    }
    free(seq);
}

int main(int argc, char **argv)
{
    WeirLogFormat format =
        argc > 4 && strcmp(argv[4], "weir") == 0 ? WEIR_LOG_WEIR : WEIR_LOG_ITG;
    long records = argc > 2 ? atol(argv[2]) : 0;
    int flows = argc > 3 ? atoi(argv[3]) : 1, rc;
    WeirLog *log;
    WeirErr err;
    if (argc < 3 || records < 0 || flows < 1) {
        fprintf(stderr, "usage: genlog PATH RECORDS ?FLOWS? ?itg|weir?\n");
        return 2;
    }
    rc = WeirLogOpen(argv[1], format, 1, NULL, &log, &err);
    if (rc == WEIR_OK) {
        rc = AddFlows(log, flows, &err);
        if (rc == WEIR_OK) {
            Put(log, records, flows);
            rc = WeirLogFlush(log, &err);
        }
        printf("%lld written, %lld dropped\n", (long long)WeirLogWritten(log),
               (long long)WeirLogDropped(log));
        WeirLogClose(log, NULL);
    }
    if (rc < 0)
        fprintf(stderr, "genlog: %s\n", err.text);
    return rc < 0;
}
