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
    WeirFlowSpec spec = {
        .ratePps = 100, .durationNs = WEIR_NS_PER_S, .seed = 1, .catchUp = 1
    };
    spec.ps = Dist("constant 100");
    return spec;
}

static void Begin(WeirSchedule *s, const WeirFlowSpec *spec, uint32_t id)
{
    WeirErr err;
    *s = (WeirSchedule){ 0 };
    CHECK(WeirScheduleInit(s, spec, id, &err) == 0);
    WeirScheduleStart(s, START_NS);
}

/* Draw all that is due by nowNs; *last gets the latest packet. */
static int Draw(WeirSchedule *s, int64_t nowNs, WeirDuePacket *last)
{
    int n = 0;
    while (WeirScheduleDue(s, nowNs)) {
        WeirDuePacket p = WeirScheduleDraw(s, nowNs);
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
    WeirSchedule s;
    WeirDuePacket p = { 0 };
    int n;
    Begin(&s, spec, id);
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
    int64_t phaseNs;
    int i;
    WeirDistUnref(spec.ps);
    spec.ratePps = 0;
    spec.idt = Dist("exponential 0.001");
    spec.ps = Dist("uniform 100 1000");
    spec.phaseNs = WEIR_PHASE_ZERO;
    Begin(&a, &spec, 3);
    spec.phaseNs = WEIR_PHASE_RANDOM;
    Begin(&b, &spec, 3);
    phaseNs = WeirScheduleNext(&b) - WeirScheduleNext(&a);
    CHECK(phaseNs > 0 && phaseNs < WEIR_NS_PER_MS);
    for (i = 0; i < 100; i++) {
        WeirDuePacket p = WeirScheduleDraw(&a, 0), q = WeirScheduleDraw(&b, 0);
        CHECK(p.size == q.size && q.dueNs - p.dueNs == phaseNs);
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

/* ------------------------------------------------------------ changes */

static int64_t begunAtNs; /* the time of the latest change that began */
static int begun;

static void Begun(void *arg, WeirChange *c)
{
    begun++;
    begunAtNs = c->atNs;
}

/* Plan `spec`'s values of the given options for a time in the flow. */
static void Change(WeirSchedule *s, int64_t atNs, unsigned given, WeirFlowSpec spec)
{
    WeirChange *c;
    WeirErr err;
    CHECK(WeirChangeNew(&spec, given, atNs, "", &c, &err) == 0);
    s->begun = Begun;
    WeirScheduleAdd(s, c);
}

static void ChangeRate(WeirSchedule *s, int64_t atNs, double pps)
{
    Change(s, atNs, WEIR_CHANGE_RATE, (WeirFlowSpec){ .ratePps = pps });
}

/* A second at 100/s, one at 300/s, one at 50/s: so many each, for any phase, whether the
 * worker looks every millisecond or only at the end. */
static void TestSteps(void)
{
    WeirFlowSpec spec = Spec();
    int phase, look;
    spec.durationNs = 3 * WEIR_NS_PER_S;
    for (phase = 0; phase < 200; phase++) {
        WeirSchedule s;
        WeirDuePacket last = { START_NS, 0, 0, 0 };
        int counts[3] = { 0 }, wrong = 0;
        int64_t nowNs, widest = 0;
        spec.phaseNs = phase == 0 ? WEIR_PHASE_ZERO : WEIR_PHASE_RANDOM;
        Begin(&s, &spec, (uint32_t)phase);
        ChangeRate(&s, 2 * WEIR_NS_PER_S, 50);
        ChangeRate(&s, WEIR_NS_PER_S, 300);
        look = phase % 2 ? 1 : 4000;
        for (nowNs = START_NS; !WeirScheduleOver(&s, nowNs);
             nowNs += look * WEIR_NS_PER_MS)
            while (WeirScheduleDue(&s, nowNs)) {
                WeirDuePacket p = WeirScheduleDraw(&s, 0);
                int64_t gapNs = p.dueNs - last.dueNs;
                wrong += gapNs < 0 || p.seq != last.seq + 1;
                widest = gapNs > widest ? gapNs : widest;
                counts[(p.dueNs - START_NS) / WEIR_NS_PER_S]++;
                last = p;
            }
        CHECK(counts[0] == 100 && counts[1] == 300 && counts[2] == 50);
        CHECK(wrong == 0 && widest <= 20 * WEIR_NS_PER_MS);
        WeirScheduleFree(&s);
    }
    CHECK(begun == 400 && begunAtNs == 2 * WEIR_NS_PER_S);
    WeirDistUnref(spec.ps);
}

/* A flow that waits for a long gap goes on at the change, without a burst. */
static void TestLongGap(void)
{
    WeirFlowSpec spec = Spec();
    WeirDuePacket p;
    WeirSchedule s;
    spec.ratePps = 0.1;
    spec.durationNs = 0;
    Begin(&s, &spec, 1);
    CHECK(Draw(&s, START_NS, &p) == 1);
    CHECK(WeirScheduleNext(&s) == START_NS + 10 * WEIR_NS_PER_S);
    ChangeRate(&s, 2 * WEIR_NS_PER_S, 1000);
    CHECK(WeirScheduleNext(&s) == START_NS + 2 * WEIR_NS_PER_S);
    CHECK(Draw(&s, START_NS + 2 * WEIR_NS_PER_S + 500000, &p) == 1);
    CHECK(p.dueNs == START_NS + 2 * WEIR_NS_PER_S);
    CHECK(WeirScheduleNext(&s) == p.dueNs + WEIR_NS_PER_MS);
    /* and back: the deadline is the last one and the new gap */
    ChangeRate(&s, 2 * WEIR_NS_PER_S + 600000, 0.1);
    CHECK(!WeirScheduleDue(&s, START_NS + 3 * WEIR_NS_PER_S));
    CHECK(WeirScheduleNext(&s) == START_NS + 12 * WEIR_NS_PER_S);
    WeirScheduleFree(&s);
    WeirDistUnref(spec.ps);
}

/* Until its first packet a flow has the phase of its new rate, in its delay as well. */
static void TestBeforeTheFirst(void)
{
    WeirFlowSpec spec = Spec();
    WeirSchedule s;
    spec.ratePps = 0.1;
    spec.durationNs = 0;
    spec.phaseNs = WEIR_PHASE_RANDOM;
    Begin(&s, &spec, 1);
    CHECK(WeirScheduleNext(&s) > START_NS + 10 * WEIR_NS_PER_MS);
    ChangeRate(&s, WEIR_NS_PER_MS, 1000);
    CHECK(WeirScheduleDue(&s, START_NS + WEIR_NS_PER_MS));
    CHECK(WeirScheduleNext(&s) == START_NS + WEIR_NS_PER_MS);
    WeirScheduleFree(&s);
    spec.delayNs = WEIR_NS_PER_S;
    Begin(&s, &spec, 1);
    CHECK(WeirScheduleAge(&s, START_NS) == 0);
    CHECK(WeirScheduleAge(&s, START_NS + 3 * WEIR_NS_PER_S) == 2 * WEIR_NS_PER_S);
    ChangeRate(&s, 0, 1000);
    CHECK(!WeirScheduleDue(&s, START_NS + WEIR_NS_PER_S));
    CHECK(WeirScheduleNext(&s) > START_NS + WEIR_NS_PER_S);
    CHECK(WeirScheduleNext(&s) < START_NS + WEIR_NS_PER_S + WEIR_NS_PER_MS);
    WeirScheduleFree(&s);
    WeirDistUnref(spec.ps);
}

/* Late by 40 ms once: made up for at once, or never. */
static void TestCatchUp(void)
{
    WeirFlowSpec spec = Spec();
    WeirDuePacket p = { 0 };
    WeirSchedule s;
    int64_t lateNs = START_NS + 50 * WEIR_NS_PER_MS;
    for (spec.catchUp = 0; spec.catchUp < 2; spec.catchUp++) {
        spec.phaseNs = WEIR_PHASE_ZERO;
        Begin(&s, &spec, 1);
        CHECK(Draw(&s, START_NS, &p) == 1);
        CHECK(Draw(&s, START_NS + 10 * WEIR_NS_PER_MS, &p) == 1);
        CHECK(Draw(&s, lateNs, &p) == (spec.catchUp ? 4 : 1));
        CHECK(p.dueNs == (spec.catchUp ? lateNs : START_NS + 20 * WEIR_NS_PER_MS));
        CHECK(WeirScheduleNext(&s) == lateNs + 10 * WEIR_NS_PER_MS);
        CHECK(Draw(&s, lateNs + 10 * WEIR_NS_PER_MS, &p) == 1);
        CHECK(p.dueNs == lateNs + 10 * WEIR_NS_PER_MS);
        WeirScheduleFree(&s);
    }
    WeirDistUnref(spec.ps);
}

/* Sizes of `count` packets, the distribution of sizes given again after `at` of them. */
static void Sizes(const WeirFlowSpec *spec, int at, int count, uint32_t *sizes)
{
    WeirSchedule s;
    WeirDuePacket p;
    int i;
    Begin(&s, spec, 9);
    for (i = 0; i < count; i++) {
        int64_t dueNs = WeirScheduleNext(&s);
        if (i == at) {
            Change(&s, dueNs - START_NS, WEIR_CHANGE_PS, *spec);
            CHECK(WeirScheduleDue(&s, dueNs) && WeirScheduleNext(&s) == dueNs);
        }
        p = WeirScheduleDraw(&s, 0);
        CHECK(p.dueNs == dueNs);
        sizes[i] = p.size;
    }
    WeirScheduleFree(&s);
}

/* New sizes hold from the next packet on; they come from a stream of their own, the same
 * in every run, or go on with D-ITG's numbers, of which the size drawn ahead is lost. */
static void TestSizes(void)
{
    WeirFlowSpec spec = Spec();
    uint32_t plain[40], once[40], again[40];
    int i, same;
    WeirDistUnref(spec.ps);
    spec.ps = Dist("uniform 100 1000");
    Sizes(&spec, -1, 40, plain);
    Sizes(&spec, 10, 40, once);
    Sizes(&spec, 10, 40, again);
    for (i = same = 0; i < 40; i++) {
        CHECK(once[i] == again[i]);
        CHECK(i >= 10 || once[i] == plain[i]);
        same += i >= 10 && once[i] == plain[i];
    }
    CHECK(same < 5);
    spec.itgSeed = 0.25;
    Sizes(&spec, -1, 40, plain);
    Sizes(&spec, 10, 39, once);
    for (i = 0; i < 39; i++)
        CHECK(once[i] == plain[i < 10 ? i : i + 1]);
    WeirDistUnref(spec.ps);
}

/* Limits change at once, also while packets from before are still owed. */
static void TestLimits(void)
{
    WeirFlowSpec spec = Spec(),
                 more = { .packets = 30, .durationNs = WEIR_NS_PER_S / 10 };
    WeirDuePacket p;
    WeirSchedule s;
    Begin(&s, &spec, 1);
    Change(&s, WEIR_NS_PER_S / 2, WEIR_CHANGE_DURATION, more);
    CHECK(Draw(&s, START_NS + 10 * WEIR_NS_PER_S, &p) == 50);
    CHECK(WeirScheduleOver(&s, START_NS + WEIR_NS_PER_S / 2));
    WeirScheduleFree(&s);
    Begin(&s, &spec, 1);
    Change(&s, WEIR_NS_PER_S / 10, WEIR_CHANGE_PACKETS, more);
    Change(&s, WEIR_NS_PER_S / 2, WEIR_CHANGE_PACKETS, spec); /* comes after the end */
    CHECK(Draw(&s, START_NS + WEIR_NS_PER_S / 3, &p) == 30);
    begun = 0;
    CHECK(WeirScheduleOver(&s, START_NS + WEIR_NS_PER_S) && begun == 0);
    WeirScheduleFree(&s);
    more.durationNs = 2 * WEIR_NS_PER_S;
    Begin(&s, &spec, 1);
    Change(&s, WEIR_NS_PER_S / 2, WEIR_CHANGE_DURATION, more);
    CHECK(WeirScheduleOver(&s, START_NS + 3 * WEIR_NS_PER_S) == false);
    CHECK(begun == 1); /* with all packets owed */
    CHECK(Draw(&s, START_NS + 3 * WEIR_NS_PER_S, &p) == 200);
    WeirScheduleFree(&s);
    WeirDistUnref(spec.ps);
}

/* A new plan replaces what is still to come of the old one, not what was changed by hand.
 */
static void TestPlan(void)
{
    WeirFlowSpec spec = Spec();
    WeirDuePacket p;
    WeirChange *plan = NULL, *copy;
    WeirErr err;
    WeirSchedule s;
    Begin(&s, &spec, 1);
    spec.ratePps = 1000;
    CHECK(WeirChangeNew(&spec, WEIR_CHANGE_RATE, WEIR_NS_PER_S / 2, "-rate 1000pps",
                        &plan, &err) == 0);
    CHECK(WeirChangesCopy(plan, &copy, &err) == 0);
    WeirSchedulePlan(&s, copy);
    spec.ratePps = 200;
    Change(&s, WEIR_NS_PER_S / 4, WEIR_CHANGE_RATE, spec);
    CHECK(Draw(&s, START_NS + WEIR_NS_PER_S / 4 - 1, &p) == 25);
    plan->atNs = 3 * WEIR_NS_PER_S / 4;
    WeirSchedulePlan(&s, plan);
    CHECK(Draw(&s, START_NS + 2 * WEIR_NS_PER_S, &p) == 100 + 250);
    WeirScheduleFree(&s);
    WeirDistUnref(spec.ps);
}

int main(void)
{
    TestCounts();
    TestSpread();
    TestOtherDraws();
    TestBounds();
    TestSteps();
    TestLongGap();
    TestBeforeTheFirst();
    TestCatchUp();
    TestSizes();
    TestLimits();
    TestPlan();
    return failures > 0;
}
