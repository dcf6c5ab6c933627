#include "config.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include "base/err.h"
#include "plot/series.h"

enum { CHUNK_BITS = 12, CHUNK = 1 << CHUNK_BITS, BLOCK = 64 };

/* What a block of points holds, so that it need not be read again. */
typedef struct Block {
    uint16_t lowAt, highAt; /* the first of the lowest and of the highest, counted from
                               the start of its chunk */
    uint16_t points;        /* that are no gaps */
} Block;

/* Points with two levels of summary: of all, and of BLOCK each. */
typedef struct Chunk {
    WeirPoint point[CHUNK];
    Block block[CHUNK / BLOCK], all;
} Chunk;

struct WeirSeries {
    Chunk **chunks;
    size_t chunkRoom; /* pointers allocated */
    size_t count, gaps;
    double lastX, minStep;
    int ordered;
};

const WeirExtent weirExtentEmpty = { HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL };

WeirSeries *WeirSeriesNew(void)
{
    WeirSeries *s = calloc(1, sizeof *s);
    if (s) {
        s->ordered = 1;
        s->lastX = -HUGE_VAL;
        s->minStep = HUGE_VAL;
    }
    return s;
}

void WeirSeriesFree(WeirSeries *s)
{
    size_t i;
    if (!s)
        return;
    for (i = 0; i < (s->count + CHUNK - 1) >> CHUNK_BITS; i++)
        free(s->chunks[i]);
    free(s->chunks);
    free(s);
}

/* Room for the point at index `count`. */
static int Reserve(WeirSeries *s)
{
    size_t chunk = s->count >> CHUNK_BITS;
    if (s->count & (CHUNK - 1))
        return WEIR_OK;
    if (chunk == s->chunkRoom) {
        size_t room = s->chunkRoom ? 2 * s->chunkRoom : 4;
        Chunk **chunks = realloc(s->chunks, room * sizeof *chunks);
        if (!chunks)
            return WEIR_E_MEMORY;
        s->chunks = chunks;
        s->chunkRoom = room;
    }
    s->chunks[chunk] = malloc(sizeof(Chunk));
    return s->chunks[chunk] ? WEIR_OK : WEIR_E_MEMORY;
}

int WeirDrawable(double v)
{
    return v >= -1e300 && v <= 1e300; /* false for NaN */
}

double WeirPlaced(double v)
{
    return fabs(v) < 1e-290 ? 0 : v;
}

/* Count the point at `at` of its chunk in a summary. */
static void Summarize(Block *block, const Chunk *chunk, size_t at, int isGap)
{
    const WeirPoint *point = chunk->point;
    if (isGap)
        return;
    if (block->points == 0 || point[at].y < point[block->lowAt].y)
        block->lowAt = (uint16_t)at;
    if (block->points == 0 || point[at].y > point[block->highAt].y)
        block->highAt = (uint16_t)at;
    block->points++;
}

int WeirSeriesAppend(WeirSeries *s, double x, double y)
{
    int isGap = !WeirDrawable(x) || !WeirDrawable(y);
    size_t at = s->count & (CHUNK - 1);
    Chunk *chunk;
    Block *block;
    WeirPoint *point;
    if (Reserve(s) < 0)
        return WEIR_E_MEMORY;
    chunk = s->chunks[s->count >> CHUNK_BITS];
    block = &chunk->block[at / BLOCK];
    point = &chunk->point[at];
    x = WeirPlaced(x);
    /* A gap without a place of its own stays where the curve was. */
    point->x = isGap && !(WeirDrawable(x) && x > s->lastX) ? s->lastX : x;
    point->y = isGap ? NAN : WeirPlaced(y);
    if (at == 0)
        chunk->all.points = 0;
    if (at % BLOCK == 0)
        block->points = 0;
    Summarize(block, chunk, at, isGap);
    Summarize(&chunk->all, chunk, at, isGap);
    s->ordered &= point->x >= s->lastX;
    if (point->x > s->lastX && s->lastX > -HUGE_VAL)
        s->minStep = fmin(s->minStep, point->x - s->lastX);
    s->lastX = point->x;
    s->gaps += (size_t)isGap;
    s->count++;
    return WEIR_OK;
}

size_t WeirSeriesCount(const WeirSeries *s)
{
    return s->count;
}

size_t WeirSeriesGaps(const WeirSeries *s)
{
    return s->gaps;
}

int WeirSeriesOrdered(const WeirSeries *s)
{
    return s->ordered;
}

double WeirSeriesStep(const WeirSeries *s)
{
    return s->minStep;
}

static inline const WeirPoint *At(const WeirSeries *s, size_t i)
{
    return &s->chunks[i >> CHUNK_BITS]->point[i & (CHUNK - 1)];
}

size_t WeirSeriesRun(const WeirSeries *s, size_t i, size_t to, size_t most, WeirRun *run)
{
    const Chunk *chunk = s->chunks[i >> CHUNK_BITS];
    size_t at = i & (CHUNK - 1), length = at == 0 && most >= CHUNK           ? CHUNK
                                          : at % BLOCK == 0 && most >= BLOCK ? BLOCK
                                                                             : 1;
    const Block *block;
    if (length == CHUNK && (to - i < CHUNK || chunk->all.points < CHUNK))
        length = BLOCK;
    block = length == CHUNK ? &chunk->all : &chunk->block[at / BLOCK];
    if (length == BLOCK && (to - i < BLOCK || block->points < BLOCK))
        length = 1;
    run->first = &chunk->point[at];
    run->last = &chunk->point[at + length - 1];
    run->low = length == 1 ? run->first : &chunk->point[block->lowAt];
    run->high = length == 1 ? run->first : &chunk->point[block->highAt];
    return length;
}

void WeirSeriesAt(const WeirSeries *s, size_t i, double *x, double *y)
{
    const WeirPoint *point = At(s, i);
    *x = point->x;
    *y = point->y;
}

/* The first index whose x is at least `x` (or above it), in an ordered series. */
static size_t LowerBound(const WeirSeries *s, double x, int above)
{
    size_t lo = 0, hi = s->count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        double at = At(s, mid)->x;
        if (at < x || (above && at == x))
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Indices [*from, *to) that hold every point with x in [xLo, xHi]. */
static void Window(const WeirSeries *s, double xLo, double xHi, size_t *from, size_t *to)
{
    *from = s->ordered ? LowerBound(s, xLo, 0) : 0;
    *to = s->ordered ? LowerBound(s, xHi, 1) : s->count;
}

void WeirSeriesWindow(const WeirSeries *s, double xLo, double xHi, size_t *from,
                      size_t *to)
{
    Window(s, xLo, xHi, from, to);
    if (*from > 0)
        --*from;
    if (*to < s->count)
        ++*to;
}

static void Widen(WeirExtent *e, const WeirRun *run)
{
    e->xLo = fmin(e->xLo, run->first->x);
    e->xHi = fmax(e->xHi, run->last->x);
    e->yLo = fmin(e->yLo, run->low->y);
    e->yHi = fmax(e->yHi, run->high->y);
}

void WeirSeriesExtent(const WeirSeries *s, double xLo, double xHi, int xLog, int yLog,
                      WeirExtent *e)
{
    size_t i, to, length;
    for (Window(s, xLo, xHi, &i, &to); i < to; i += length) {
        WeirRun run;
        length = WeirSeriesRun(s, i, to, s->ordered ? to : 1, &run);
        /* What only a part of it can draw is looked at point by point. */
        while (length > 1 && ((xLog && run.first->x <= 0) || (yLog && run.low->y <= 0)))
            length = WeirSeriesRun(s, i, to, length - 1, &run);
        if (!isnan(run.first->y) && run.first->x >= xLo && run.last->x <= xHi &&
            (!xLog || run.first->x > 0) && (!yLog || run.low->y > 0))
            Widen(e, &run);
    }
}

void WeirSeriesVisit(const WeirSeries *s, double xLo, double xHi,
                     WeirSeriesVisitor *visit, void *arg)
{
    size_t i, to;
    for (WeirSeriesWindow(s, xLo, xHi, &i, &to); i < to; i++)
        visit(arg, At(s, i)->x, At(s, i)->y);
}
