/* Layout: a value's sign and magnitude choose a row of 64 counters.  Row 0 holds
 * magnitudes 0 to 63 one by one; row r > 0 holds the octave [2^(r+5), 2^(r+6)) in 64
 * equal parts.  The last row is needed by INT64_MIN alone. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include "stat/hist.h"

enum { SUB_BITS = 6, SUB = 1 << SUB_BITS, ROWS = 64 - SUB_BITS + 1 };

struct WeirHist {
    int64_t count, min, max;
    int64_t *rows[2][ROWS]; /* [0]: zero and positive, [1]: negative values */
};

WeirHist *WeirHistNew(void)
{
    return calloc(1, sizeof(WeirHist));
}

void WeirHistFree(WeirHist *h)
{
    int sign, row;
    if (!h)
        return;
    for (sign = 0; sign < 2; sign++)
        for (row = 0; row < ROWS; row++)
            free(h->rows[sign][row]);
    free(h);
}

static void AddMany(WeirHist *h, int sign, int row, int part, int64_t count)
{
    int64_t **counters = &h->rows[sign][row];
    if (!*counters)
        *counters = calloc(SUB, sizeof **counters);
    if (*counters)
        (*counters)[part] += count;
}

static void Widen(WeirHist *h, int64_t min, int64_t max, int64_t count)
{
    if (h->count == 0 || min < h->min)
        h->min = min;
    if (h->count == 0 || max > h->max)
        h->max = max;
    h->count += count;
}

void WeirHistAdd(WeirHist *h, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int row = 0;
    Widen(h, value, value, 1);
    if (magnitude >= SUB)
        row = 64 - __builtin_clzll(magnitude) - SUB_BITS;
    /* For row > 0 the shift leaves 64 to 127: the leading one falls to the mask. */
    AddMany(h, value < 0, row, (int)(magnitude >> (row ? row - 1 : 0)) & (SUB - 1), 1);
}

void WeirHistMerge(WeirHist *into, const WeirHist *from)
{
    int sign, row, part;
    if (from->count == 0)
        return;
    Widen(into, from->min, from->max, from->count);
    for (sign = 0; sign < 2; sign++)
        for (row = 0; row < ROWS; row++)
            for (part = 0; from->rows[sign][row] && part < SUB; part++)
                if (from->rows[sign][row][part])
                    AddMany(into, sign, row, part, from->rows[sign][row][part]);
}

int64_t WeirHistCount(const WeirHist *h)
{
    return h->count;
}

/* The bounds of a bucket as [low, last], both included, so that the outermost buckets
 * need no number beyond int64_t. */
static void Bounds(int sign, int row, int part, int64_t *low, int64_t *last)
{
    uint64_t from = (uint64_t)part, width = 1, to;
    if (row > 0) {
        width = UINT64_C(1) << (row - 1);
        from = ((uint64_t)part + SUB) << (row - 1);
    }
    to = from + (width - 1);
    if (sign) {
        *low = to > INT64_MAX ? INT64_MIN : -(int64_t)to;
        *last = from > INT64_MAX ? INT64_MIN : -(int64_t)from;
    } else {
        *low = (int64_t)from;
        *last = (int64_t)to;
    }
}

/* Calls `see` for every non-empty bucket in ascending order until it returns non-zero. */
static void Walk(const WeirHist *h,
                 int (*see)(void *arg, int64_t low, int64_t last, int64_t count),
                 void *arg)
{
    int step;
    for (step = -ROWS * SUB; step < ROWS * SUB; step++) {
        int sign = step < 0, at = sign ? -step - 1 : step;
        int row = at / SUB, part = at % SUB;
        const int64_t *counters = h->rows[sign][row];
        int64_t low, last;
        if (!counters) { /* pass over the whole empty row */
            step += sign ? part : SUB - 1 - part;
            continue;
        }
        if (counters[part] == 0)
            continue;
        Bounds(sign, row, part, &low, &last);
        if (see(arg, low, last, counters[part]))
            return;
    }
}

typedef struct Search {
    int64_t rank; /* how many values still lie before the one sought */
    double found;
} Search;

static int SeeRank(void *arg, int64_t low, int64_t last, int64_t count)
{
    Search *search = arg;
    search->rank -= count;
    if (search->rank > 0)
        return 0;
    search->found = (double)low + ((double)last - (double)low) / 2;
    return 1;
}

double WeirHistQuantile(const WeirHist *h, double p)
{
    Search search = { 0, 0 };
    double rank;
    if (h->count == 0 || isnan(p))
        return NAN;
    rank = ceil(p * (double)h->count);
    if (rank <= 1)
        return (double)h->min;
    if (rank >= (double)h->count)
        return (double)h->max;
    search.rank = (int64_t)rank;
    search.found = (double)h->max;
    Walk(h, SeeRank, &search);
    return fmax((double)h->min, fmin((double)h->max, search.found));
}

typedef struct Visitor {
    void (*visit)(void *arg, int64_t low, int64_t high, int64_t count);
    void *arg;
} Visitor;

static int SeeVisitor(void *arg, int64_t low, int64_t last, int64_t count)
{
    const Visitor *visitor = arg;
    visitor->visit(visitor->arg, low, last == INT64_MAX ? last : last + 1, count);
    return 0;
}

void WeirHistVisit(const WeirHist *h,
                   void (*visit)(void *arg, int64_t low, int64_t high, int64_t count),
                   void *arg)
{
    Visitor visitor = { visit, arg };
    Walk(h, SeeVisitor, &visitor);
}
