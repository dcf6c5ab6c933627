/* Samplers: a tree of the same shape as the distribution, all of whose nodes draw from
 * the source at its root. */
#include "config.h"
#include <stdlib.h>
#include "dist/distInt.h"

/* A node without its source's state; NULL when out of memory. */
static WeirSampler *NewNode(WeirDist *d, WeirSource *source)
{
    WeirSampler *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->dist = WeirDistRef(d);
    s->source = source ? source : &s->own;
    s->draw = d->family->draw;
    return s;
}

/* What follows once the source is ready: newran's tables, the parts, the first ON length.
 */
static int Finish(WeirSampler *s)
{
    const DistFamily *family = s->dist->family;
    if (s->source->itg && family->prepareItg && family->prepareItg(s) < 0)
        return WEIR_E_MEMORY;
    if (WeirSamplerAddParts(s, s->dist->parts, s->dist->partCount) < 0)
        return WEIR_E_MEMORY;
    if (family == &weirOnOff)
        WeirOnOffStart(s);
    return WEIR_OK;
}

/* Bursts and pauses have streams of their own: how long they are does not depend on what
 * is sent in them.  With D-ITG's generator everything draws from the one sequence. */
static WeirSampler *NewPart(WeirSampler *s, WeirDist *dist, int i)
{
    static const char *const streams[] = { "on", "off" };
    bool apart = s->dist->family == &weirOnOff && i < 2 && !s->source->itg;
    WeirSampler *part = NewNode(dist, apart ? NULL : s->source);
    if (part && apart)
        WeirRngSeed(&part->own.rng, s->source->rng.s[0], streams[i]);
    return part;
}

int WeirSamplerAddParts(WeirSampler *s, WeirDist *const *parts, int count)
{
    int i;
    if (count == 0)
        return WEIR_OK;
    s->parts = calloc((size_t)count, sizeof *s->parts);
    if (!s->parts)
        return WEIR_E_MEMORY;
    s->partCount = count;
    for (i = 0; i < count; i++) {
        s->parts[i] = NewPart(s, parts[i], i);
        if (!s->parts[i] || Finish(s->parts[i]) < 0)
            return WEIR_E_MEMORY;
    }
    return WEIR_OK;
}

static WeirSampler *NewRoot(WeirDist *d, const WeirRng *rng, WeirItgRng *itg)
{
    WeirSampler *s = NewNode(d, NULL);
    if (!s)
        return NULL;
    if (rng)
        s->own.rng = *rng;
    s->own.itg = itg;
    if (Finish(s) < 0) {
        WeirSamplerFree(s);
        return NULL;
    }
    return s;
}

WeirSampler *WeirSamplerNew(WeirDist *d, const WeirRng *rng)
{
    return NewRoot(d, rng, NULL);
}

WeirSampler *WeirSamplerNewItg(WeirDist *d, WeirItgRng *shared)
{
    return NewRoot(d, NULL, shared);
}

double WeirSamplerNext(WeirSampler *s)
{
    return s->draw(s);
}

void WeirSamplerFree(WeirSampler *s)
{
    int i;
    if (!s)
        return;
    for (i = 0; i < s->partCount; i++)
        WeirSamplerFree(s->parts[i]);
    free(s->parts);
    WeirItgTableFree(s->table);
    WeirDistUnref(s->dist);
    free(s);
}
