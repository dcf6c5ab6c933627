#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "base/err.h"
#include "plot/series.h"

enum { CHUNK_BITS = 12, CHUNK = 1 << CHUNK_BITS };

typedef struct Point {
    double x, y;
} Point;

struct WeirSeries {
    Point **chunks;
    size_t chunkRoom; /* pointers allocated */
    size_t count, gaps;
    double lastX;
    int ordered;
};

const WeirExtent weirExtentEmpty = { HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL };

WeirSeries *WeirSeriesNew(void)
{
    WeirSeries *s = calloc(1, sizeof *s);
    if (s) {
        s->ordered = 1;
        s->lastX = -HUGE_VAL;
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
        Point **chunks = realloc(s->chunks, room * sizeof *chunks);
        if (!chunks)
            return WEIR_E_MEMORY;
        s->chunks = chunks;
        s->chunkRoom = room;
    }
    s->chunks[chunk] = malloc(CHUNK * sizeof(Point));
    return s->chunks[chunk] ? WEIR_OK : WEIR_E_MEMORY;
}

static int Drawable(double v)
{
    return v >= -1e300 && v <= 1e300; /* false for NaN */
}

int WeirSeriesAppend(WeirSeries *s, double x, double y)
{
    int isGap = !Drawable(x) || !Drawable(y);
    Point *point;
    if (Reserve(s) < 0)
        return WEIR_E_MEMORY;
    point = &s->chunks[s->count >> CHUNK_BITS][s->count & (CHUNK - 1)];
    /* A gap stays where the curve was, so that it never disturbs the order of x. */
    point->x = isGap ? s->lastX : x;
    point->y = isGap ? NAN : y;
    s->ordered &= point->x >= s->lastX;
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

static inline const Point *At(const WeirSeries *s, size_t i)
{
    return &s->chunks[i >> CHUNK_BITS][i & (CHUNK - 1)];
}

void WeirSeriesAt(const WeirSeries *s, size_t i, double *x, double *y)
{
    const Point *point = At(s, i);
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

/* The same with a neighbour on either side. */
static void WideWindow(const WeirSeries *s, double xLo, double xHi, size_t *from,
                       size_t *to)
{
    Window(s, xLo, xHi, from, to);
    if (*from > 0)
        --*from;
    if (*to < s->count)
        ++*to;
}

void WeirSeriesExtent(const WeirSeries *s, double xLo, double xHi, int xLog, int yLog,
                      WeirExtent *e)
{
    size_t i, to;
    for (Window(s, xLo, xHi, &i, &to); i < to; i++) {
        const Point *p = At(s, i);
        if (isnan(p->y) || p->x < xLo || p->x > xHi || (xLog && p->x <= 0) ||
            (yLog && p->y <= 0))
            continue;
        e->xLo = p->x < e->xLo ? p->x : e->xLo;
        e->xHi = p->x > e->xHi ? p->x : e->xHi;
        e->yLo = p->y < e->yLo ? p->y : e->yLo;
        e->yHi = p->y > e->yHi ? p->y : e->yHi;
    }
}

void WeirSeriesVisit(const WeirSeries *s, double xLo, double xHi,
                     WeirSeriesVisitor *visit, void *arg)
{
    size_t i, to;
    for (WideWindow(s, xLo, xHi, &i, &to); i < to; i++)
        visit(arg, At(s, i)->x, At(s, i)->y);
}

/* ------------------------------------------------------------ decimation */

/* The run of points in the present pixel column that has not been visited yet. */
typedef struct Column {
    double number;
    Point first, low, high, last;
    size_t length, lowAt, highAt; /* points in the run, places of the extremes in it */
    int gapKept;                  /* a gap was visited in this column */
    int gapWaits;                 /* another one was seen after the run's last point */
    WeirSeriesVisitor *visit;
    void *arg;
} Column;

static void EndRun(Column *c)
{
    int lowFirst = c->lowAt < c->highAt;
    size_t at[2] = { lowFirst ? c->lowAt : c->highAt, lowFirst ? c->highAt : c->lowAt };
    Point inner[2] = { lowFirst ? c->low : c->high, lowFirst ? c->high : c->low };
    int i;
    if (c->length == 0)
        return;
    c->visit(c->arg, c->first.x, c->first.y);
    for (i = 0; i < 2; i++)
        if (at[i] > 0 && at[i] < c->length - 1)
            c->visit(c->arg, inner[i].x, inner[i].y);
    if (c->length > 1)
        c->visit(c->arg, c->last.x, c->last.y);
    c->length = 0;
}

static void EndColumn(Column *c)
{
    EndRun(c);
    if (c->gapWaits)
        c->visit(c->arg, c->last.x, NAN);
    c->gapWaits = c->gapKept = 0;
}

static void AddGap(Column *c, double x)
{
    if (c->length > 0 && !c->gapKept) {
        EndRun(c);
        c->visit(c->arg, x, NAN);
        c->gapKept = 1;
    } else if (c->length > 0) {
        c->gapWaits = 1;
    }
}

static void AddPoint(Column *c, const Point *p)
{
    if (c->length == 0) {
        c->first = c->low = c->high = *p;
        c->lowAt = c->highAt = 0;
    } else if (p->y < c->low.y) {
        c->low = *p;
        c->lowAt = c->length;
    } else if (p->y > c->high.y) {
        c->high = *p;
        c->highAt = c->length;
    }
    c->last = *p;
    c->length++;
    c->gapWaits = 0;
}

void WeirSeriesDecimate(const WeirSeries *s, const WeirAxis *xAxis, int columns,
                        WeirSeriesVisitor *visit, void *arg)
{
    Column c = { .number = -2, .visit = visit, .arg = arg };
    size_t i, to;
    if (!s->ordered) {
        WeirSeriesVisit(s, xAxis->lo, xAxis->hi, visit, arg);
        return;
    }
    for (WideWindow(s, xAxis->lo, xAxis->hi, &i, &to); i < to; i++) {
        const Point *p = At(s, i);
        double at = isnan(p->y) ? NAN : WeirAxisAt(xAxis, p->x), number;
        if (isnan(at)) {
            AddGap(&c, p->x);
            continue;
        }
        number = floor(at * columns);
        if (number != c.number) {
            EndColumn(&c);
            c.number = number;
        }
        AddPoint(&c, p);
    }
    EndColumn(&c);
}
