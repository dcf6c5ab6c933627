/* Flows and a receiver without Tcl: the engine's threads at work together, for the thread
 * sanitizer as much as for the counts. */
#include "config.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/flow.h"
#include "itg/tsp.h"
#include "receiver/receiver.h"
#include "sock.h"
#include "wire/settle.h"
#include "check.h"

enum { FLOWS = 12, PACKETS = 300 };

static WeirReceiver *StartReceiver(WeirEngine *engine, char *signal, const char *log)
{
    WeirReceiverSpec spec = { .listen = "127.0.0.1:0",
                              .log = (char *)log,
                              .drainNs = 50 * WEIR_NS_PER_MS,
                              .bufferBytes = 1 << 20,
                              .readers = 2 };
    WeirReceiver *r = NULL;
    WeirReceiverStats stats;
    WeirErr err;
    CHECK(WeirReceiverNew(engine, &spec, NULL, NULL, &r, &err) == 0);
    CHECK(WeirReceiverStart(r, &err) == 0);
    WeirReceiverGetStats(r, &stats);
    strcpy(signal, stats.listenAddr);
    return r;
}

static void TestManyFlows(WeirEngine *engine)
{
    WeirReceiverStats totals;
    char signal[80], sendLog[64], recvLog[64];
    WeirReceiver *r;
    WeirFlow *flows[FLOWS] = { 0 };
    WeirFlowStats s;
    WeirErr err;
    int64_t until = WeirMonoNs() + 60 * WEIR_NS_PER_S;
    int i;
    snprintf(sendLog, sizeof sendLog, "flow_test.%d.s.log", (int)getpid());
    snprintf(recvLog, sizeof recvLog, "flow_test.%d.r.log", (int)getpid());
    r = StartReceiver(engine, signal, recvLog);
    for (i = 0; i < FLOWS; i++) {
        WeirFlowSpec spec = { .to = "127.0.0.1:0",
                              .signal = signal,
                              .log = sendLog,
                              .ratePps = 1000,
                              .packets = PACKETS,
                              .seed = 1,
                              .id = i + 1,
                              .transport =
                                  i % 2 ? WEIR_TRANSPORT_TCP : WEIR_TRANSPORT_UDP,
                              .meter = i % 3 == 0 ? WEIR_FLOW_RTTM : WEIR_FLOW_OWDM,
                              .payload = i % 3 == 1 ? 1 : 0 };
        CHECK(WeirDistParse("uniform 50 500", &spec.ps, &err) == 0);
        CHECK(WeirFlowPrepare(engine, &spec, NULL, NULL, &flows[i], &err) == 0);
        WeirDistUnref(spec.ps);
    }
    WeirFlowsStart(flows, FLOWS);
    for (i = 0;
         i < FLOWS && WeirMonoNs() < until;) { /* figures are asked for all the time */
        WeirReceiverStats total;
        WeirReceiverGetStats(r, &total);
        WeirFlowGetStats(flows[i], &s);
        if (WeirFlowEnded(flows[i]))
            i++;
        else
            usleep(1000);
    }
    for (i = 0; i < FLOWS; i++) {
        WeirFlowGetStats(flows[i], &s);
        CHECK(s.state == WEIR_FLOW_DONE);
        CHECK(s.packets == PACKETS);
        CHECK(s.logDropped == 0);
        if (s.roundTrip)
            CHECK(s.echo.packets == PACKETS);
        WeirFlowRelease(flows[i]);
    }
    WeirReceiverGetStats(r, &totals);
    CHECK(totals.flows == FLOWS);
    for (i = 0; i < FLOWS; i++) {
        WeirSinkStats sink;
        CHECK(WeirReceiverFlow(r, i, &sink));
        CHECK(!sink.active && sink.reason.code == 0);
        CHECK(sink.figures.packets == PACKETS);
        CHECK(sink.figures.seq.lost == 0);
    }
    WeirReceiverRelease(r);
    CHECK(WeirSettle(WEIR_BUSY_RECEIVERS, 20 * WEIR_NS_PER_S) == 0);
    CHECK(WeirSettle(WEIR_BUSY_FLOWS | WEIR_BUSY_CHANNELS, 20 * WEIR_NS_PER_S) == 0);
    unlink(sendLog);
    unlink(recvLog);
}

/* Releasing everything in mid-run ends it all within the settling time. */
static void TestReleaseInMidRun(WeirEngine *engine)
{
    char signal[80];
    WeirReceiver *r = StartReceiver(engine, signal, NULL);
    WeirFlow *flows[4] = { 0 };
    WeirErr err;
    int i;
    for (i = 0; i < 4; i++) {
        WeirFlowSpec spec = { .to = "127.0.0.1:0",
                              .signal = signal,
                              .ratePps = 2000,
                              .durationNs = 60 * WEIR_NS_PER_S,
                              .id = i + 1,
                              .transport = i % 2 };
        CHECK(WeirDistParse("constant 100", &spec.ps, &err) == 0);
        CHECK(WeirFlowPrepare(engine, &spec, NULL, NULL, &flows[i], &err) == 0);
        WeirDistUnref(spec.ps);
    }
    WeirFlowsStart(flows, 4);
    usleep(200000);
    for (i = 0; i < 4; i++)
        WeirFlowRelease(flows[i]);
    CHECK(WeirSettle(WEIR_BUSY_FLOWS | WEIR_BUSY_CHANNELS, 20 * WEIR_NS_PER_S) == 0);
    WeirReceiverRelease(r);
    CHECK(WeirSettle(WEIR_BUSY_RECEIVERS, 20 * WEIR_NS_PER_S) == 0);
}

/* Nobody listens: a reason, not a hang. */
static void TestRefused(WeirEngine *engine)
{
    WeirFlowSpec spec = {
        .to = "127.0.0.1:9", .signal = "127.0.0.1:1", .ratePps = 10, .packets = 1, .id = 1
    };
    WeirFlow *flow;
    WeirFlowStats s;
    WeirErr err;
    int i;
    CHECK(WeirDistParse("constant 100", &spec.ps, &err) == 0);
    CHECK(WeirFlowPrepare(engine, &spec, NULL, NULL, &flow, &err) == 0);
    WeirDistUnref(spec.ps);
    WeirFlowsStart(&flow, 1);
    for (i = 0; i < 20000 && !WeirFlowEnded(flow); i++)
        usleep(1000);
    WeirFlowGetStats(flow, &s);
    CHECK(s.state == WEIR_FLOW_FAILED && s.reason.code == WEIR_E_PEER);
    CHECK(strstr(s.reason.text, "127.0.0.1:1") != NULL);
    WeirFlowRelease(flow);
}

/* What a receiver says that accepts one flow and then nothing more. */
static int AcceptAndFallSilent(int listener)
{
    static const uint8_t greeted = WEIR_TSP_ACK_CONNECT;
    WeirTspMsg ack = { .type = WEIR_TSP_ACK_SEND_FLOW, .flowId = 1, .port = 9 };
    uint8_t bytes[WEIR_TSP_MAX];
    int fd = accept(listener, NULL, NULL);
    size_t len = WeirTspEncode(&ack, bytes);
    CHECK(recv(fd, bytes + len, 1, 0) == 1 && bytes[len] == WEIR_TSP_CONNECT);
    CHECK(send(fd, &greeted, 1, 0) == 1);
    CHECK(recv(fd, bytes + len, 1, 0) == 1 && bytes[len] == WEIR_TSP_SEND_FLOW);
    CHECK(send(fd, bytes, len, 0) == (ssize_t)len);
    return fd;
}

/* A flow that still waits for its receiver ends with the engine. */
static void TestSilentReceiver(void)
{
    char signal[WEIR_ADDR_TEXT];
    WeirSockOpts opts = { .reuse = 1 };
    WeirAddr addr;
    WeirErr err;
    WeirEngine *engine = WeirEngineAcquire(&err);
    WeirFlowSpec spec = { .to = "127.0.0.1:9",
                          .signal = signal,
                          .ratePps = 100,
                          .packets = 1,
                          .id = 1,
                          .transport = WEIR_TRANSPORT_UDP };
    WeirFlow *flow;
    WeirFlowStats s = { 0 };
    int64_t until = WeirMonoNs() + 20 * WEIR_NS_PER_S;
    int listener, fd;
    WeirAddrParse("127.0.0.1:0", AF_INET, 0, &addr, &err);
    listener = WeirSockListen(&addr, &opts, &err);
    addr = WeirSockLocal(listener);
    WeirAddrText(&addr, signal);
    fcntl(listener, F_SETFL, 0);
    CHECK(WeirDistParse("constant 100", &spec.ps, &err) == 0);
    CHECK(WeirFlowPrepare(engine, &spec, NULL, NULL, &flow, &err) == 0);
    WeirDistUnref(spec.ps);
    WeirFlowsStart(&flow, 1);
    fd = AcceptAndFallSilent(listener);
    while (s.state != WEIR_FLOW_CLOSING && WeirMonoNs() < until) {
        usleep(1000);
        WeirFlowGetStats(flow, &s);
    }
    CHECK(s.state == WEIR_FLOW_CLOSING);
    WeirFlowRelease(flow);
    CHECK(WeirSettle(WEIR_BUSY_FLOWS, 0) == 1);
    WeirEngineRelease(engine);
    CHECK(WeirSettle(WEIR_BUSY_FLOWS | WEIR_BUSY_CHANNELS, 0) == 0);
    close(fd);
    close(listener);
}

int main(void)
{
    WeirErr err;
    WeirEngine *engine = WeirEngineAcquire(&err);
    CHECK(engine != NULL);
    TestManyFlows(engine);
    TestReleaseInMidRun(engine);
    TestRefused(engine);
    WeirEngineRelease(engine);
    TestSilentReceiver();
    return failures > 0;
}
