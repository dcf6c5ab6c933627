/* Sends records to a log server, for tests against stock ITGLog:
 *
 *   logsend HOST:PORT udp|tcp NAME COUNT
 *
 * Prints how many were sent and dropped, and the log's error. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "itg/tsp.h"
#include "logserver/logClient.h"

static int Usage(void)
{
    fprintf(stderr, "usage: logsend HOST:PORT udp|tcp NAME COUNT\n");
    return 2;
}

/* One flow of COUNT packets, in bursts as a file's writer sees them. */
static void Fill(WeirLog *log, int count)
{
    WeirLogFlow flow = { .id = 1, .protocol = WEIR_ITG_UDP };
    WeirRecord r = { .size = 100 };
    WeirErr err;
    int i;
    flow.src = WeirAddrAny(AF_INET, 5000);
    flow.dst = WeirAddrAny(AF_INET, 8999);
    WeirLogAddFlow(log, &flow, &r.flow, &err);
    for (i = 1; i <= count; i++) {
        r.txNs = r.rxNs = WeirRealNs();
        r.seq = (uint32_t)i;
        WeirLogPut(WeirLogLaneFor(log, 0), &r);
        if (i % 1000 == 0)
            usleep(10000);
    }
}

int main(int argc, char **argv)
{
    WeirAddr server;
    WeirLog *log;
    WeirErr err = { 0, 0, "" };
    if (argc != 5 || WeirAddrParse(argv[1], AF_UNSPEC, 9001, &server, &err) < 0)
        return Usage();
    if (WeirLogClientOpen(&server, strcmp(argv[2], "tcp") ? WEIR_ITG_UDP : WEIR_ITG_TCP,
                          argv[3], &log, &err) == 0) {
        while (WeirLogReady(log, &err) == 0)
            usleep(1000);
        Fill(log, atoi(argv[4]));
        WeirLogFlush(log, &err);
        printf("sent %lld dropped %lld %s\n", (long long)WeirLogWritten(log),
               (long long)WeirLogDropped(log), err.code ? err.text : "");
        WeirLogClose(log, NULL);
        WeirLogsSettle(10 * WEIR_NS_PER_S);
    }
    return err.code != 0;
}
