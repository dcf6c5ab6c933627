/* What a flow says of itself: departures and stalls become figures, figures a verdict. */
#include "config.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include "base/clock.h"
#include "flow/report.h"
#include "check.h"

/* ------------------------------------------------------------ figures to verdict */

/* Ten seconds at 10,000 packets/s, all on time. */
static WeirFlowStats OnTime(void)
{
    return (WeirFlowStats){ .state = WEIR_FLOW_DONE,
                            .packets = 100000,
                            .elapsed = 9.9999,
                            .packetRate = 10000,
                            .askedSpan = 9.9999,
                            .askedRate = 10000,
                            .lateP50 = 40e-6,
                            .lateP99 = 85e-6,
                            .lateMax = 400e-6,
                            .watched = 10,
                            .cpuShare = 0.15,
                            .waitShare = 0.001 };
}

/* The same, but only half of it went out. */
static WeirFlowStats Half(void)
{
    WeirFlowStats s = OnTime();
    s.packets = 50000;
    s.packetRate = 5000;
    s.askedSpan = 4.9999;
    s.behind = 5;
    s.unsent = 50000;
    s.lateP99 = 4.95;
    return s;
}

static void Expect(const char *name, WeirFlowStats s, bool asAsked, WeirCause cause,
                   const char *text)
{
    WeirVerdict v;
    WeirVerdictOf(&s, &v);
    if (!v.known || v.asAsked != asAsked || v.cause != cause ||
        strcmp(v.text, text) != 0) {
        printf("%s: %s, %s: %s\n", name, v.asAsked ? "as asked" : "not as asked",
               WeirCauseName(v.cause), v.text);
        failures++;
    }
}

#define VERDICT(name, start, asAsked, cause, text, ...)                                  \
    do {                                                                                 \
        WeirFlowStats s = start;                                                         \
        __VA_ARGS__;                                                                     \
        Expect(name, s, asAsked, WEIR_CAUSE_##cause, text);                              \
    } while (0)

static void TestAsAsked(void)
{
    VERDICT("on time", OnTime(), true, NONE,
            "as asked: 100,000 packets at 10,000 packets/s, 99 % left within 85 us of "
            "their deadline", );
    VERDICT(
        "half way", OnTime(), true, NONE,
        "as asked so far: 100,000 packets at 10,000 packets/s, 99 % left within 85 us "
        "of their deadline",
        s.state = WEIR_FLOW_RUNNING, s.behind = 0.0005, s.unsent = 5);
    VERDICT("stopped by its owner", OnTime(), true, NONE,
            "as asked: 100,000 packets at 10,000 packets/s, 99 % left within 85 us of "
            "their deadline",
            s.stopped = true, s.behind = 0.0005, s.unsent = 5);
    VERDICT("one packet", OnTime(), true, NONE,
            "as asked: 1 packet, 400 us after its deadline", s.packets = 1,
            s.elapsed = s.askedSpan = s.packetRate = 0, s.askedRate = NAN);
    VERDICT(
        "a slow flow may be late by 1 % of its gap", OnTime(), true, NONE,
        "as asked: 10 packets at 1 packets/s, 99 % left within 9.9 ms of their deadline",
        s.packets = 10, s.packetRate = s.askedRate = 1, s.lateP99 = 0.0099);
    VERDICT("a short flow's last packet may be late", OnTime(), true, NONE,
            "as asked: 3 packets at 9,000.5 packets/s, 99 % left within 85 us of their "
            "deadline",
            s.packets = 3, s.elapsed = 222e-6, s.askedSpan = 200e-6,
            s.packetRate = 9000.5);
}

static void TestTiming(void)
{
    VERDICT("no core is enough", Half(), false, CPU,
            "not as asked: 5,000 of 10,000 packets/s; one core was not enough (the "
            "sending thread used 99 % of it)",
            s.cpuShare = 0.99, s.backlog = 9.9);
    VERDICT("no core is enough, even though others take half", Half(), false, CPU,
            "not as asked: 5,000 of 10,000 packets/s; one core was not enough (the "
            "sending thread used 60 % of it)",
            s.cpuShare = 0.60, s.waitShare = 0.4, s.backlog = 9.9);
    VERDICT("others take most of the core", Half(), false, BUSY,
            "not as asked: 5,000 of 10,000 packets/s; the machine was busy (the sending "
            "thread waited 60 % of the time for a core)",
            s.cpuShare = 0.40, s.waitShare = 0.6, s.backlog = 5, s.slept = 4);
    VERDICT(
        "others take the core now and then", OnTime(), false, BUSY,
        "late: 100,000 packets at 10,000 packets/s, 1 % of them more than 4 ms after "
        "their deadline; "
        "the machine was busy (the sending thread waited 3.0 % of the time for a core)",
        s.lateP99 = 0.004, s.waitShare = 0.03, s.slept = 0.3);
    VERDICT("a hypervisor, perhaps", OnTime(), false, WAKEUP,
            "late: 100,000 packets at 10,000 packets/s, 1 % of them more than 4 ms after "
            "their deadline; "
            "the system woke the sending thread late, which used 15 % of a core and "
            "waited 0.1 % of the time for one",
            s.lateP99 = 0.004, s.slept = 0.3);
    VERDICT("the worker has too many other flows", OnTime(), false, CPU,
            "late: 100,000 packets at 10,000 packets/s, 1 % of them more than 4 ms after "
            "their deadline; "
            "one core was not enough (the sending thread used 97 % of it)",
            s.lateP99 = 0.004, s.slept = 1, s.cpuShare = 0.97);
    VERDICT(
        "a spinning worker is not a busy one", OnTime(), false, BUSY,
        "late: 100,000 packets at 10,000 packets/s, 1 % of them more than 4 ms after "
        "their deadline; "
        "the machine was busy (the sending thread waited 3.0 % of the time for a core)",
        s.lateP99 = 0.004, s.slept = 1, s.cpuShare = 0.97, s.waitShare = 0.03,
        s.slept = 0.1, s.spins = true);
    VERDICT(
        "so far", Half(), false, CPU,
        "not as asked so far: 5,000 of 10,000 packets/s; one core was not enough (the "
        "sending thread used 99 % of it)",
        s.state = WEIR_FLOW_RUNNING, s.cpuShare = 0.99, s.backlog = 9.9);
    VERDICT(
        "a stall at the very end", OnTime(), false, WAKEUP,
        "not as asked: 5 packets not sent in time; the system woke the sending thread "
        "late, which used 15 % of a core and waited 0.1 % of the time for one",
        s.behind = 0.0005, s.unsent = 5, s.slept = 0.1);
    VERDICT("without figures of the scheduler", Half(), false, CPU,
            "not as asked: 5,000 of 10,000 packets/s; one core was not enough (the "
            "sending thread used 0 % of it)",
            s.cpuShare = s.waitShare = NAN, s.backlog = 9.9);
    VERDICT("as fast as possible", OnTime(), true, CPU,
            "as fast as possible: 1,234,568 packets/s; one core was not enough (the "
            "sending thread used 99 % of it)",
            s.askedSpan = 0, s.askedRate = s.unsent = INFINITY, s.packetRate = 1234567.8,
            s.behind = 10, s.lateP99 = 9.9, s.backlog = 10, s.cpuShare = 0.99);
}

static void TestFewPackets(void)
{
    VERDICT("one of five", OnTime(), false, WAKEUP,
            "late: 5 packets at 10,000 packets/s, up to 4 ms after their deadline; the "
            "system woke "
            "the sending thread late, which used 15 % of a core and waited 0.1 % of the "
            "time for one",
            s.packets = 5, s.lateP99 = s.lateMax = 0.004, s.slept = 0.3);
}

static void TestSocket(void)
{
    VERDICT("a slow interface", Half(), false, SENDBUFFER,
            "not as asked: 5,000 of 10,000 packets/s; the socket's send buffer was full "
            "63 % of the time",
            s.blocked = 6.3);
    VERDICT("a receiver that does not read", Half(), false, PEERWINDOW,
            "not as asked: 5,000 of 10,000 packets/s; the receiver's TCP window was "
            "closed 80 % of the time",
            s.blocked = 9, s.tcp = (WeirSockTcp){ 9.9, 8, 0, 0 });
    VERDICT("a lossy path", Half(), false, NETWORK,
            "not as asked: 5,000 of 10,000 packets/s; TCP's congestion window was full "
            "90 % of the time (1,024 segments sent again)",
            s.blocked = 9, s.tcp = (WeirSockTcp){ 9.9, 1, 0, 1024 });
    VERDICT("a small buffer on a long path", Half(), false, SENDBUFFER,
            "not as asked: 5,000 of 10,000 packets/s; the socket's send buffer was full "
            "90 % of the time",
            s.blocked = 9, s.tcp = (WeirSockTcp){ 9.9, 1, 7, 0 });
    VERDICT("a stream that is stuck from the start", OnTime(), false, PEERWINDOW,
            "not as asked: 1 packet sent; the receiver's TCP window was closed 99 % of "
            "the time",
            s.packets = 1, s.elapsed = s.askedSpan = s.packetRate = 0,
            s.askedRate = s.unsent = NAN, s.behind = 9.9, s.blocked = 9.9,
            s.tcp = (WeirSockTcp){ 9.9, 9.9, 0, 0 });
    VERDICT("a stall that flatters the departures", Half(), false, PEERWINDOW,
            "not as asked: 5,000 of 10,000 packets/s; the receiver's TCP window was "
            "closed 50 % of the time",
            s.packetRate = 10000, s.elapsed = s.askedSpan = 5, s.lateP99 = 85e-6,
            s.blocked = 5, s.tcp = (WeirSockTcp){ 10, 5, 4.9, 0 });
}

static void TestLosses(void)
{
    VERDICT("refused", OnTime(), false, REFUSED,
            "not as asked: the kernel refused 12 packets: Network is unreachable",
            s.failed = 12, strcpy(s.lastError, "Network is unreachable"));
    VERDICT("all refused", OnTime(), false, REFUSED,
            "not as asked: the kernel refused 100,000 packets: Network is unreachable",
            s.packets = 0, s.elapsed = s.packetRate = 0, s.lateP50 = s.lateP99 = NAN,
            s.failed = 100000, strcpy(s.lastError, "Network is unreachable"));
    VERDICT("a slow disk", OnTime(), false, LOG, "not as asked: the log lacks 1 packet",
            s.logDropped = 1);
    VERDICT("all at once", Half(), false, CPU,
            "not as asked: 5,000 of 10,000 packets/s; one core was not enough (the "
            "sending thread used 99 % of it); the kernel refused 1 packet: Message too "
            "long; the log lacks 2,000 packets",
            s.cpuShare = 0.99, s.backlog = 9.9, s.failed = 1, s.logDropped = 2000,
            strcpy(s.lastError, "Message too long"));
    VERDICT("failed", OnTime(), false, FAILED,
            "failed: the data connection to 127.0.0.1:8999 broke", s.packets = 0,
            s.state = WEIR_FLOW_FAILED,
            strcpy(s.reason.text, "the data connection to 127.0.0.1:8999 broke"));
}

static void TestNothingToSay(void)
{
    WeirFlowStats s = { .state = WEIR_FLOW_RUNNING, .askedRate = NAN };
    WeirVerdict v;
    WeirVerdictOf(&s, &v);
    CHECK(!v.known && v.cause == WEIR_CAUSE_NONE && v.text[0] == '\0');
}

/* ------------------------------------------------------------ departures to figures */

enum { MS = 1000000 };

static WeirReport report;

static void Start(void)
{
    WeirErr err;
    memset(&report, 0, sizeof report);
    CHECK(WeirReportInit(&report, &err) == 0);
}

/* Packets due every `gapNs` from dueNs on leave together. */
static void Depart(int64_t dueNs, int64_t gapNs, int count, int64_t nowNs)
{
    WeirDuePacket packets[32];
    int i;
    for (i = 0; i < count; i++)
        packets[i] = (WeirDuePacket){ .dueNs = dueNs + i * gapNs, .size = 100 };
    WeirReportDeparted(&report, packets, count, 0, nowNs);
}

static WeirFlowStats Figures(void)
{
    WeirFlowStats s = { .state = WEIR_FLOW_DONE };
    WeirReportFigures(&report, &s);
    WeirReportFree(&report);
    return s;
}

static bool Near(double x, double y)
{
    return fabs(x - y) <= 1e-9;
}

static void TestOnTimeFigures(void)
{
    WeirFlowStats s;
    int i;
    Start();
    for (i = 1; i <= 100; i++)
        Depart(i * 10 * MS, 0, 1, i * 10 * MS + 1000);
    s = Figures();
    CHECK(s.packets == 100 && s.bytes == 10000 && s.caughtUp == 0);
    CHECK(Near(s.packetRate, 100) && Near(s.askedRate, 100) && Near(s.askedSpan, 0.99));
    CHECK(Near(s.lateMax, 1e-6) && Near(s.lateMean, 1e-6) && s.idtDevP99 == 0);
    CHECK(s.slept == 0 && s.backlog == 0 && s.blocked == 0 && s.behind == 0);
    CHECK(s.unsent == 0);
}

/* A worker that comes 11 ms late: ten packets leave then, 8 at once. */
static void TestCaughtUpFigures(void)
{
    WeirFlowStats s;
    Start();
    Depart(100 * MS, 0, 1, 100 * MS);
    Depart(101 * MS, MS, 8, 112 * MS); /* 101 to 108 */
    Depart(109 * MS, MS, 2, 114 * MS); /* 109 and 110, 2 ms later */
    Depart(120 * MS, 0, 1, 120 * MS);
    s = Figures();
    CHECK(s.packets == 12 && s.caughtUp == 9);
    CHECK(Near(s.slept, 0.010) && Near(s.backlog, 0.002));
    CHECK(Near(s.lateMax, 0.011));
}

/* Packets that are asked to leave together are not caught up. */
static void TestBurstFigures(void)
{
    WeirFlowStats s;
    Start();
    Depart(100 * MS, 0, 5, 100 * MS + 10);
    Depart(200 * MS, 0, 5, 200 * MS + 10);
    s = Figures();
    CHECK(s.caughtUp == 0 && s.slept == 0 && s.backlog == 0);
    CHECK(Near(s.askedRate, 90));
}

/* A full socket explains its time, what comes after it is a backlog. */
static void TestBlockedFigures(void)
{
    WeirFlowStats s;
    WeirWorkerUse begin = { 90 * MS, 5 * MS, MS }, end = { 190 * MS, 30 * MS, 11 * MS };
    Start();
    WeirReportBegin(&report, begin);
    Depart(100 * MS, MS, 1, 100 * MS);
    WeirReportBlocked(&report, 101 * MS);
    WeirReportBlocked(&report, 102 * MS); /* still */
    WeirReportFreed(&report, 141 * MS);
    Depart(101 * MS, MS, 2, 144 * MS);
    WeirReportBlocked(&report, 150 * MS);
    WeirReportObserve(&report, 87 * MS, end, &(WeirSockTcp){ 0.08, 0.07, 0, 3 });
    s = Figures();
    CHECK(Near(s.blocked, 0.080));
    CHECK(Near(s.slept + s.backlog, 0.003));
    CHECK(Near(s.behind, 0.087) && s.unsent == 87);
    CHECK(Near(s.watched, 0.1) && Near(s.cpuShare, 0.25) && Near(s.waitShare, 0.1));
    CHECK(s.tcp.retransmits == 3);
}

static void TestRefusedFigures(void)
{
    WeirDuePacket packet = { .dueNs = 200 * MS };
    WeirFlowStats s;
    Start();
    Depart(100 * MS, 0, 1, 100 * MS);
    WeirReportRefused(&report, &packet, 1, ENETUNREACH);
    s = Figures();
    CHECK(s.packets == 1 && s.failed == 1 && Near(s.askedRate, 10));
    CHECK(strcmp(s.lastError, "Network is unreachable") == 0);
}

/* The gap around a refused packet is that of the two that left. */
static void TestGapOverRefused(void)
{
    WeirDuePacket packet = { .dueNs = 200 * MS };
    WeirFlowStats s;
    Start();
    Depart(100 * MS, 0, 1, 100 * MS);
    WeirReportRefused(&report, &packet, 1, ENETUNREACH);
    Depart(300 * MS, 0, 1, 300 * MS);
    s = Figures();
    CHECK(s.packets == 2 && s.idtDevP99 == 0);
}

int main(void)
{
    TestAsAsked();
    TestTiming();
    TestFewPackets();
    TestSocket();
    TestLosses();
    TestNothingToSay();
    TestOnTimeFigures();
    TestCaughtUpFigures();
    TestBurstFigures();
    TestBlockedFigures();
    TestRefusedFigures();
    TestGapOverRefused();
    return failures > 0;
}
