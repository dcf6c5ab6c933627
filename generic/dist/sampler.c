/* Samplers: a tree of the same shape as the distribution, all of whose nodes draw from
 * the source at its root. */
#include "config.h"
#include <stdlib.h>
#include "dist/distInt.h"

static int AddParts(WeirSampler *s);

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
    if (AddParts(s) < 0)
        return WEIR_E_MEMORY;
    if (family == &weirOnOff)
        WeirOnOffStart(s);
    return WEIR_OK;
}

static int AddParts(WeirSampler *s)
{
    int i;
    if (s->dist->partCount == 0)
        return WEIR_OK;
    s->parts = calloc((size_t)s->dist->partCount, sizeof *s->parts);
    if (!s->parts)
        return WEIR_E_MEMORY;
    for (i = 0; i < s->dist->partCount; i++) {
        s->parts[i] = NewNode(s->dist->parts[i], s->source);
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
    for (i = 0; s->parts && i < s->dist->partCount; i++)
        WeirSamplerFree(s->parts[i]);
    free(s->parts);
    WeirItgTableFree(s->table);
    WeirDistUnref(s->dist);
    free(s);
}
