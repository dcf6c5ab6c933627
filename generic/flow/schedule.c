#include "config.h"
#include <math.h>
#include <stdio.h>
#include <unistd.h>
#include "base/clock.h"
#include "flow/schedule.h"
#include "itg/payload.h"
#include "itg/tsp.h"

#define NEVER_NS (INT64_MAX / 2) /* 146 years */

/* ------------------------------------------------------------ drawing */

/* The integer part, within [minSize, 64000].  D-ITG's sizes wrap beyond an int and are
 * then the smallest. */
static void DrawSize(WeirSchedule *s)
{
    double size = WeirSamplerNext(s->ps);
    if (!(size >= s->minSize) || (s->itg && size >= 0x1p31))
        s->nextSize = s->minSize;
    else
        s->nextSize =
            size >= WEIR_ITG_MAX_PAYLOAD ? WEIR_ITG_MAX_PAYLOAD : (uint32_t)size;
}

/* Sums of long times stay below NEVER_NS. */
static int64_t Later(int64_t atNs, int64_t byNs)
{
    return byNs < NEVER_NS - atNs ? atNs + byNs : NEVER_NS;
}

/* The next deadline is the last one plus a gap.  A negative gap (normal and Cauchy draw
 * them) means at once. */
static void DrawGap(WeirSchedule *s)
{
    double gapNs = WeirSamplerNext(s->idt) * 1e9, whole;
    if (!(gapNs > 0)) /* also NaN */
        gapNs = 0;
    gapNs += s->lastFraction;
    if (gapNs > 1e18) {
        s->nextDueNs = NEVER_NS;
        return;
    }
    s->fraction = modf(gapNs, &whole);
    if (s->fraction > 0.999) { /* rounded down: 1/3 s three times is 1 s */
        s->fraction -= 1;
        whole += 1;
    }
    s->nextDueNs = Later(s->lastDueNs, (int64_t)whole);
}

/* In the order in which D-ITG draws: size and gap of the successor after each packet. */
WeirDuePacket WeirScheduleDraw(WeirSchedule *s, int64_t nowNs)
{
    WeirDuePacket p = { s->nextDueNs, s->nextFileAt, s->nextSize, s->nextSeq++ };
    int64_t body = (int64_t)p.size - s->headBytes;
    if (s->fileBytes > 0)
        s->nextFileAt = s->fileBytes - p.fileAt > body ? p.fileAt + body : 0;
    s->drawnBytes += p.size;
    s->lastDueNs = s->nextDueNs;
    s->lastFraction = s->fraction;
    if (!s->catchUp && nowNs > s->lastDueNs) {
        s->lastDueNs = nowNs;
        s->lastFraction = 0;
    }
    DrawSize(s);
    DrawGap(s);
    return p;
}

/* ------------------------------------------------------------ samplers */

/* The gaps in force. */
static WeirDist *Gaps(const WeirSchedule *s)
{
    return s->pace ? s->pace : s->gaps;
}

/* "flow7.ps", and from the first change on "flow7.ps.1" and so on. */
static WeirRng Stream(const WeirSchedule *s, const char *purpose)
{
    char name[40];
    WeirRng rng;
    int n = snprintf(name, sizeof name, "flow%u.%s", (unsigned)s->id, purpose);
    if (s->changed > 0)
        snprintf(name + n, sizeof name - (size_t)n, ".%u", s->changed);
    WeirRngSeed(&rng, s->seed, name);
    return rng;
}

static WeirSampler *NewSampler(WeirSchedule *s, WeirDist *dist, const char *purpose)
{
    WeirRng rng;
    if (s->itg)
        return WeirSamplerNewItg(dist, &s->itgRng);
    rng = Stream(s, purpose);
    return WeirSamplerNew(dist, &rng);
}

/* When the first packet is due.  A random phase is a part of the mean gap, so that flows
 * of one rate spread evenly and a constant rate fits as often into the duration as
 * without one.  Gaps without a mean have none. */
static int64_t FirstDue(const WeirSchedule *s)
{
    double rangeNs = WeirDistMean(Gaps(s)) * 1e9;
    if (s->phaseNs >= 0)
        return Later(s->beginNs, s->phaseNs);
    if (!(rangeNs > 0) || isinf(rangeNs))
        return s->beginNs;
    rangeNs = fmin(rangeNs, (double)(s->durationNs > 0 ? s->durationNs : NEVER_NS));
    return Later(s->beginNs, (int64_t)(s->phaseShare * rangeNs));
}

/* ------------------------------------------------------------ changes */

static int64_t ChangeAt(const WeirSchedule *s, const WeirChange *c)
{
    return Later(s->beginNs, c->atNs);
}

/* A duration that is over already ends now: what was due before is still sent. */
static void ChangeLimits(WeirSchedule *s, const WeirChange *c)
{
    if (c->given & WEIR_CHANGE_PACKETS)
        s->maxPackets = c->packets;
    if (c->given & WEIR_CHANGE_BYTES)
        s->maxBytes = c->bytes;
    if (!(c->given & WEIR_CHANGE_DURATION))
        return;
    s->durationNs = c->durationNs;
    s->endNs = c->durationNs > 0 ? Later(s->beginNs, c->durationNs) : INT64_MAX;
    if (s->endNs < ChangeAt(s, c))
        s->endNs = ChangeAt(s, c);
}

/* Without memory there is nothing better to do than to wait for it: a change must not
 * get lost. */
static void ReplaceSampler(WeirSchedule *s, WeirSampler **sampler, WeirDist *dist,
                           const char *purpose)
{
    WeirSamplerFree(*sampler);
    while (!(*sampler = NewSampler(s, dist, purpose)))
        usleep(1000);
}

static void ChangeGaps(WeirSchedule *s, WeirChange *c)
{
    if (c->given & WEIR_CHANGE_IDT) {
        WeirDistUnref(s->gaps);
        s->gaps = WeirDistRef(c->idt);
    }
    WeirDistUnref(s->pace);
    s->pace = c->pace ? WeirDistRef(c->pace) : NULL;
    ReplaceSampler(s, &s->idt, Gaps(s), "idt");
    if (s->nextSeq == 1) {
        s->nextDueNs = FirstDue(s);
        s->fraction = 0;
    } else {
        DrawGap(s);
    }
    if (s->nextDueNs < ChangeAt(s, c)) {
        s->nextDueNs = ChangeAt(s, c);
        s->fraction = 0;
    }
}

/* The next packet is the first that feels the change. */
static void ChangeDraws(WeirSchedule *s, WeirChange *c)
{
    s->changed++;
    if (c->given & WEIR_CHANGE_PS) {
        ReplaceSampler(s, &s->ps, c->ps, "ps");
        DrawSize(s);
    }
    if (c->given & (WEIR_CHANGE_IDT | WEIR_CHANGE_RATE))
        ChangeGaps(s, c);
}

/* Whether the limits of packets or bytes forbid the next packet. */
static bool CountReached(const WeirSchedule *s)
{
    return (s->maxPackets > 0 && s->nextSeq > s->maxPackets) ||
           (s->maxBytes > 0 && s->drawnBytes >= s->maxBytes);
}

/* Changes begin on time, also those of a flow that is behind; the draws follow once all
 * packets that were due before are drawn. */
static void CarryOutChanges(WeirSchedule *s, int64_t nowNs)
{
    WeirChange *c;
    for (c = s->changes; c; c = c->next) {
        if (c->begun)
            continue;
        if (ChangeAt(s, c) > nowNs || ChangeAt(s, c) >= s->endNs || CountReached(s))
            break;
        c->begun = true;
        ChangeLimits(s, c);
        if (s->begun)
            s->begun(s->begunArg, c);
    }
    while ((c = s->changes) && c->begun && s->nextDueNs >= ChangeAt(s, c)) {
        s->changes = c->next;
        ChangeDraws(s, c);
        WeirChangeFree(c);
    }
}

void WeirScheduleAdd(WeirSchedule *s, WeirChange *change)
{
    WeirChange **link = &s->changes;
    while (*link && ((*link)->begun || (*link)->atNs <= change->atNs))
        link = &(*link)->next;
    change->next = *link;
    *link = change;
}

void WeirSchedulePlan(WeirSchedule *s, WeirChange *list)
{
    WeirChange **link = &s->changes, *c;
    while ((c = *link)) {
        if (c->planned && !c->begun) {
            *link = c->next;
            WeirChangeFree(c);
        } else {
            link = &c->next;
        }
    }
    while ((c = list)) {
        list = c->next;
        c->planned = true;
        WeirScheduleAdd(s, c);
    }
}

int64_t WeirScheduleAge(const WeirSchedule *s, int64_t monoNs)
{
    return s->nextSeq > 0 && monoNs > s->beginNs ? monoNs - s->beginNs : 0;
}

/* ------------------------------------------------------------ what is due */

bool WeirScheduleDue(WeirSchedule *s, int64_t nowNs)
{
    if (s->changes)
        CarryOutChanges(s, nowNs);
    return s->nextDueNs <= nowNs && s->nextDueNs < s->endNs && !CountReached(s);
}

bool WeirScheduleOver(WeirSchedule *s, int64_t nowNs)
{
    if (s->changes)
        CarryOutChanges(s, nowNs);
    return CountReached(s) || (s->nextDueNs >= s->endNs && nowNs >= s->endNs);
}

int64_t WeirScheduleNext(const WeirSchedule *s)
{
    int64_t nextNs = s->nextDueNs < s->endNs ? s->nextDueNs : s->endNs;
    const WeirChange *c = s->changes;
    while (c && c->begun)
        c = c->next;
    return c && ChangeAt(s, c) < nextNs ? ChangeAt(s, c) : nextNs;
}

/* ------------------------------------------------------------ life */

void WeirScheduleStart(WeirSchedule *s, int64_t startNs)
{
    s->beginNs = Later(startNs, s->delayNs);
    s->endNs = s->durationNs > 0 ? Later(s->beginNs, s->durationNs) : INT64_MAX;
    s->nextSeq = 1;
    s->nextDueNs = FirstDue(s);
}

/* With D-ITG's generator the first size comes before the first burst of an onoff process.
 */
static int MakeSamplers(WeirSchedule *s, const WeirFlowSpec *spec, WeirErr *err)
{
    s->itg = spec->itgSeed > 0;
    if (s->itg)
        WeirItgRngSeed(&s->itgRng, spec->itgSeed);
    s->ps = NewSampler(s, spec->ps, "ps");
    if (s->ps)
        DrawSize(s);
    s->idt = NewSampler(s, Gaps(s), "idt");
    return s->idt && s->ps ? WEIR_OK : WeirFail(err, WEIR_E_MEMORY, "out of memory");
}

int WeirScheduleInit(WeirSchedule *s, const WeirFlowSpec *spec, uint32_t id, WeirErr *err)
{
    bool sized = weirTransports[spec->transport].sized;
    WeirRng phase;
    if (WeirFlowSpecPace(spec, &s->pace, err) < 0)
        return err->code;
    s->gaps = spec->idt ? WeirDistRef(spec->idt) : NULL;
    s->id = id;
    s->seed = spec->seed >= 0 ? (uint64_t)spec->seed : WeirRngRandomSeed();
    s->seed &= INT64_MAX;
    s->headBytes = (uint32_t)WeirPayloadBytes(spec->payload, sized);
    s->minSize = (uint32_t)WeirPayloadMinPacket(spec->payload, sized);
    if (spec->minSize > s->minSize)
        s->minSize = (uint32_t)spec->minSize;
    phase = Stream(s, "phase");
    s->phaseShare = WeirRngUniform(&phase);
    s->phaseNs = spec->phaseNs == WEIR_PHASE_ZERO ? 0 : spec->phaseNs;
    s->catchUp = spec->catchUp;
    s->delayNs = spec->delayNs;
    s->durationNs = spec->durationNs;
    s->maxPackets = spec->packets;
    s->maxBytes = spec->bytes;
    return MakeSamplers(s, spec, err);
}

void WeirScheduleFree(WeirSchedule *s)
{
    WeirSamplerFree(s->idt);
    WeirSamplerFree(s->ps);
    WeirDistUnref(s->gaps);
    WeirDistUnref(s->pace);
    WeirChangesFree(s->changes);
}
