#include "config.h"
#include <math.h>
#include <stdio.h>
#include "base/clock.h"
#include "flow/schedule.h"
#include "itg/payload.h"
#include "itg/tsp.h"

#define NEVER_NS (INT64_MAX / 2) /* 146 years */

/* ------------------------------------------------------------ drawing */

/* The integer part, within [minSize, 64000]. */
static void DrawSize(WeirSchedule *s)
{
    double size = WeirSamplerNext(s->ps);
    if (!(size >= s->minSize))
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

/* A negative gap (normal and Cauchy draw them) means at once. */
static void DrawGap(WeirSchedule *s)
{
    double gapNs = WeirSamplerNext(s->idt) * 1e9, whole;
    if (!(gapNs > 0)) /* also NaN */
        gapNs = 0;
    gapNs += s->fraction;
    if (gapNs > 1e18) {
        s->nextDueNs = NEVER_NS;
        return;
    }
    s->fraction = modf(gapNs, &whole);
    if (s->fraction > 0.999) { /* rounded down: 1/3 s three times is 1 s */
        s->fraction -= 1;
        whole += 1;
    }
    s->nextDueNs = Later(s->nextDueNs, (int64_t)whole);
}

/* In the order in which D-ITG draws: size and gap of the successor after each packet. */
WeirDuePacket WeirScheduleDraw(WeirSchedule *s)
{
    WeirDuePacket p = { s->nextDueNs, s->nextFileAt, s->nextSize, s->nextSeq++ };
    int64_t body = (int64_t)p.size - s->headBytes;
    if (s->fileBytes > 0)
        s->nextFileAt = s->fileBytes - p.fileAt > body ? p.fileAt + body : 0;
    s->drawnBytes += p.size;
    DrawSize(s);
    DrawGap(s);
    return p;
}

/* ------------------------------------------------------------ limits */

/* Whether the limits of packets or bytes forbid the next packet. */
static bool CountReached(const WeirSchedule *s)
{
    return (s->maxPackets > 0 && s->nextSeq > s->maxPackets) ||
           (s->maxBytes > 0 && s->drawnBytes >= s->maxBytes);
}

bool WeirScheduleDue(const WeirSchedule *s, int64_t nowNs)
{
    return s->nextDueNs <= nowNs && s->nextDueNs < s->endNs && !CountReached(s);
}

bool WeirScheduleOver(const WeirSchedule *s, int64_t nowNs)
{
    return CountReached(s) || (s->nextDueNs >= s->endNs && nowNs >= s->endNs);
}

int64_t WeirScheduleNext(const WeirSchedule *s)
{
    return s->nextDueNs < s->endNs ? s->nextDueNs : s->endNs;
}

/* ------------------------------------------------------------ life */

void WeirScheduleStart(WeirSchedule *s, int64_t startNs)
{
    int64_t beginNs = Later(startNs, s->delayNs);
    s->endNs = s->durationNs > 0 ? Later(beginNs, s->durationNs) : INT64_MAX;
    s->nextDueNs = Later(beginNs, s->phaseNs);
    s->nextSeq = 1;
}

/* The gaps asked for; a constant rate beats -idt. */
static int GapDistribution(const WeirFlowSpec *spec, WeirDist **out, WeirErr *err)
{
    char text[40];
    if (!(spec->ratePps > 0)) {
        *out = WeirDistRef(spec->idt);
        return WEIR_OK;
    }
    snprintf(text, sizeof text, "constant %.17g", 1 / spec->ratePps);
    return WeirDistParse(text, out, err);
}

static WeirRng Stream(const WeirSchedule *s, uint32_t id, const char *purpose)
{
    char name[40];
    WeirRng rng;
    snprintf(name, sizeof name, "flow%u.%s", (unsigned)id, purpose);
    WeirRngSeed(&rng, s->seed, name);
    return rng;
}

/* A random phase is a part of the mean gap, so that flows of one rate spread evenly and a
 * constant rate fits as often into the duration as without one.  Gaps without a mean have
 * none. */
static int64_t Phase(const WeirSchedule *s, const WeirFlowSpec *spec, const WeirDist *idt,
                     uint32_t id)
{
    WeirRng rng = Stream(s, id, "phase");
    double rangeNs = WeirDistMean(idt) * 1e9;
    if (spec->phaseNs >= 0)
        return spec->phaseNs;
    if (spec->phaseNs == WEIR_PHASE_ZERO || !(rangeNs > 0) || isinf(rangeNs))
        return 0;
    if (s->durationNs > 0 && rangeNs > (double)s->durationNs)
        rangeNs = (double)s->durationNs;
    if (rangeNs > NEVER_NS)
        rangeNs = NEVER_NS;
    return (int64_t)(WeirRngUniform(&rng) * rangeNs);
}

static WeirSampler *NativeSampler(const WeirSchedule *s, WeirDist *dist, uint32_t id,
                                  const char *purpose)
{
    WeirRng rng = Stream(s, id, purpose);
    return WeirSamplerNew(dist, &rng);
}

int WeirScheduleInit(WeirSchedule *s, const WeirFlowSpec *spec, uint32_t id, WeirErr *err)
{
    bool stream = spec->protocol == WEIR_FLOW_TCP;
    WeirDist *idt;
    if (GapDistribution(spec, &idt, err) < 0)
        return err->code;
    s->seed = spec->seed >= 0 ? (uint64_t)spec->seed : WeirRngRandomSeed();
    s->seed &= INT64_MAX;
    s->headBytes = (uint32_t)WeirPayloadBytes(spec->payload, stream);
    s->minSize = (uint32_t)WeirPayloadMinPacket(spec->payload, stream);
    if (spec->minSize > s->minSize)
        s->minSize = (uint32_t)spec->minSize;
    s->durationNs = spec->durationNs;
    s->delayNs = spec->delayNs;
    s->phaseNs = Phase(s, spec, idt, id);
    s->maxPackets = spec->packets;
    s->maxBytes = spec->bytes;
    if (spec->itgSeed > 0) {
        WeirItgRngSeed(&s->itgRng, spec->itgSeed);
        s->ps = WeirSamplerNewItg(spec->ps, &s->itgRng);
    } else {
        s->ps = NativeSampler(s, spec->ps, id, "ps");
    }
    if (s->ps)
        DrawSize(
            s); /* with D-ITG's generator before the first burst of an onoff process */
    s->idt = spec->itgSeed > 0 ? WeirSamplerNewItg(idt, &s->itgRng)
                               : NativeSampler(s, idt, id, "idt");
    WeirDistUnref(idt);
    return s->idt && s->ps ? WEIR_OK : WeirFail(err, WEIR_E_MEMORY, "out of memory");
}

void WeirScheduleFree(WeirSchedule *s)
{
    WeirSamplerFree(s->idt);
    WeirSamplerFree(s->ps);
}
