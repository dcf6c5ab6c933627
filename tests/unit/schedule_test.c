/* A flow's schedule without sockets, threads and clocks: how many packets, when, how
 * large. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "flow/schedule.h"
#include "check.h"

#define START_NS (1000 * WEIR_NS_PER_S)

static WeirDist *Dist(const char *text)
{
    WeirDist *d = NULL;
    WeirErr err;
    CHECK(WeirDistParse(text, &d, &err) == 0);
    return d;
}

/* One second at 100 packets/s of 100 bytes with a seed; the caller changes what it tests.
 */
static WeirFlowSpec Spec(void)
{
    WeirFlowSpec spec = { .ratePps = 100, .durationNs = WEIR_NS_PER_S, .seed = 1 };
    spec.ps = Dist("constant 100");
    return spec;
}

static WeirSchedule Begin(const WeirFlowSpec *spec, uint32_t id)
{
    WeirSchedule s = { 0 };
    WeirErr err;
    CHECK(WeirScheduleInit(&s, spec, id, &err) == 0);
    WeirScheduleStart(&s, START_NS);
    return s;
}

/* Draw all that is due by nowNs; *last gets the latest packet. */
static int Draw(WeirSchedule *s, int64_t nowNs, WeirDuePacket *last)
{
    int n = 0;
    while (WeirScheduleDue(s, nowNs)) {
        WeirDuePacket p = WeirScheduleDraw(s);
        CHECK(p.dueNs <= nowNs && (n == 0 || p.dueNs >= last->dueNs));
        *last = p;
        n++;
    }
    return n;
}

/* Runs the whole flow; *first and *last get its first and last deadline after the start.
 */
static int Run(const WeirFlowSpec *spec, uint32_t id, int64_t *first, int64_t *last)
{
    WeirSchedule s = Begin(spec, id);
    WeirDuePacket p = { 0 };
    int n;
    *first = WeirScheduleNext(&s) - START_NS;
    n = Draw(&s, START_NS + 100 * WEIR_NS_PER_S, &p);
    CHECK(WeirScheduleOver(&s, START_NS + 100 * WEIR_NS_PER_S));
    *last = p.dueNs - START_NS;
    WeirScheduleFree(&s);
    return n;
}

/* ------------------------------------------------------------ the phase */

/* A second has as many packets as the rate says, whatever the rate and the phase. */
static void TestCounts(void)
{
    WeirFlowSpec spec = Spec();
    int64_t first, last;
    int rate, wrong = 0;
    for (rate = 1; rate <= 3000; rate++) {
        spec.ratePps = rate;
        spec.phaseNs = WEIR_PHASE_ZERO;
        wrong += Run(&spec, 1, &first, &last) != rate || first != 0;
        spec.phaseNs = WEIR_PHASE_RANDOM;
        wrong += Run(&spec, (uint32_t)rate, &first, &last) != rate;
    }
    CHECK(wrong == 0);
    WeirDistUnref(spec.ps);
}

/* A hundred flows of one rate: their phases fill the gap evenly. */
static void TestSpread(void)
{
    WeirFlowSpec spec = Spec();
    int64_t first, last, gapNs = 10 * WEIR_NS_PER_MS;
    int tenth[10] = { 0 }, i;
    spec.phaseNs = WEIR_PHASE_RANDOM;
    for (i = 0; i < 100; i++) {
        CHECK(Run(&spec, (uint32_t)i + 1, &first, &last) == 100);
        CHECK(first >= 0 && first < gapNs && last == first + 99 * gapNs);
        tenth[first * 10 / gapNs]++;
    }
    for (i = 0; i < 10; i++)
        CHECK(tenth[i] >= 2 && tenth[i] <= 25);
    WeirDistUnref(spec.ps);
}

/* The phase has a stream of its own: it changes neither sizes nor gaps. */
static void TestOtherDraws(void)
{
    WeirFlowSpec spec = Spec();
    WeirSchedule a, b;
    int i;
    WeirDistUnref(spec.ps);
    spec.ratePps = 0;
    spec.idt = Dist("exponential 0.001");
    spec.ps = Dist("uniform 100 1000");
    spec.phaseNs = WEIR_PHASE_ZERO;
    a = Begin(&spec, 3);
    spec.phaseNs = WEIR_PHASE_RANDOM;
    b = Begin(&spec, 3);
    CHECK(WeirScheduleNext(&b) > WeirScheduleNext(&a));
    CHECK(WeirScheduleNext(&b) - WeirScheduleNext(&a) < WEIR_NS_PER_MS);
    for (i = 0; i < 100; i++) {
        WeirDuePacket p = WeirScheduleDraw(&a), q = WeirScheduleDraw(&b);
        CHECK(p.size == q.size && q.dueNs - p.dueNs == b.phaseNs);
    }
    WeirScheduleFree(&a);
    WeirScheduleFree(&b);
    WeirDistUnref(spec.ps);
    WeirDistUnref(spec.idt);
}

/* Given phases, gaps longer than the duration, gaps without a mean. */
static void TestBounds(void)
{
    WeirFlowSpec spec = Spec();
    int64_t first, last;
    spec.phaseNs = 250 * WEIR_NS_PER_MS;
    spec.delayNs = WEIR_NS_PER_S;
    CHECK(Run(&spec, 1, &first, &last) == 75 && first == 1250 * WEIR_NS_PER_MS);
    spec.delayNs = 0;
    spec.phaseNs = WEIR_PHASE_RANDOM;
    spec.ratePps = 0.001;
    CHECK(Run(&spec, 1, &first, &last) == 1 && first < WEIR_NS_PER_S);
    spec.ratePps = 0;
    spec.idt = Dist("pareto 0.9 0.001");
    Run(&spec, 1, &first, &last);
    CHECK(first == 0);
    WeirDistUnref(spec.idt);
    spec.idt = Dist("cauchy 1 1");
    Run(&spec, 1, &first, &last);
    CHECK(first == 0);
    WeirDistUnref(spec.idt);
    WeirDistUnref(spec.ps);
}

int main(void)
{
    TestCounts();
    TestSpread();
    TestOtherDraws();
    TestBounds();
    return failures > 0;
}
