/* Layout: a value's sign and magnitude choose a row of 64 counters.  Row 0 holds
 * magnitudes 0 to 63 one by one; row r > 0 holds the octave [2^(r+5), 2^(r+6)) in 64
 * equal parts.  The last row is needed by INT64_MIN alone.
 *
 * The one thread that adds needs no read-modify-write operations; it publishes `count`
 * last, so that whoever reads it finds as many values in the rows.  A row whose counters
 * become too narrow is copied into a wider one; the old one stays as it is for those who
 * read it at that moment, and is freed with the histogram. */
#include "config.h"
#include <math.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include "stat/hist.h"

enum { SUB_BITS = 6, SUB = 1 << SUB_BITS, ROWS = 64 - SUB_BITS + 1 };

typedef _Atomic int64_t Counter;

typedef struct Row {
    struct Row *before; /* the narrower one that this row replaced */
    int64_t most;       /* that a counter can hold */
    union {
        _Atomic uint16_t n16[SUB];
        _Atomic uint32_t n32[SUB];
        _Atomic int64_t n64[SUB];
    };
} Row;

typedef _Atomic(Row *) RowAt;

struct WeirHist {
    Counter count, min, max;
    RowAt rows[ROWS];           /* zero and positive values */
    _Atomic(RowAt *) negatives; /* as many for the others; NULL until there is one */
};

static int64_t Get(const Counter *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void Put(Counter *counter, int64_t value)
{
    atomic_store_explicit(counter, value, memory_order_relaxed);
}

static int64_t GetPart(const Row *row, int part)
{
    if (row->most == UINT16_MAX)
        return atomic_load_explicit(&row->n16[part], memory_order_relaxed);
    if (row->most == UINT32_MAX)
        return atomic_load_explicit(&row->n32[part], memory_order_relaxed);
    return atomic_load_explicit(&row->n64[part], memory_order_relaxed);
}

static void PutPart(Row *row, int part, int64_t value)
{
    if (row->most == UINT16_MAX)
        atomic_store_explicit(&row->n16[part], (uint16_t)value, memory_order_relaxed);
    else if (row->most == UINT32_MAX)
        atomic_store_explicit(&row->n32[part], (uint32_t)value, memory_order_relaxed);
    else
        atomic_store_explicit(&row->n64[part], value, memory_order_relaxed);
}

static Row *RowOf(const WeirHist *h, int sign, int row)
{
    const RowAt *rows = h->rows;
    if (sign)
        rows = atomic_load_explicit(&h->negatives, memory_order_acquire);
    return rows ? atomic_load_explicit(&rows[row], memory_order_acquire) : NULL;
}

WeirHist *WeirHistNew(void)
{
    return calloc(1, sizeof(WeirHist));
}

static void FreeRows(RowAt *rows)
{
    Row *row, *before;
    int i;
    for (i = 0; rows && i < ROWS; i++) {
        for (row = atomic_load(&rows[i]); row; row = before) {
            before = row->before;
            free(row);
        }
    }
}

void WeirHistFree(WeirHist *h)
{
    if (!h)
        return;
    FreeRows(h->rows);
    FreeRows(atomic_load(&h->negatives));
    free(atomic_load(&h->negatives));
    free(h);
}

/* A row with what `before` holds (NULL: nothing) and counters wide enough for `value`. */
static Row *WiderRow(Row *before, int64_t value)
{
    size_t bytes = value <= UINT16_MAX   ? sizeof before->n16
                   : value <= UINT32_MAX ? sizeof before->n32
                                         : sizeof before->n64;
    Row *row = calloc(1, offsetof(Row, n16) + bytes);
    int part;
    if (!row)
        return NULL;
    row->before = before;
    row->most = value <= UINT16_MAX   ? UINT16_MAX
                : value <= UINT32_MAX ? UINT32_MAX
                                      : INT64_MAX;
    for (part = 0; before && part < SUB; part++)
        PutPart(row, part, GetPart(before, part));
    return row;
}

/* Where the rows of that sign are; NULL without memory. */
static RowAt *RowsFor(WeirHist *h, int sign)
{
    RowAt *rows = h->rows;
    if (sign) {
        rows = atomic_load_explicit(&h->negatives, memory_order_relaxed);
        if (!rows) {
            rows = calloc(ROWS, sizeof *rows);
            atomic_store_explicit(&h->negatives, rows, memory_order_release);
        }
    }
    return rows;
}

static void AddMany(WeirHist *h, int sign, int at, int part, int64_t count)
{
    RowAt *rows = RowsFor(h, sign);
    Row *row = rows ? atomic_load_explicit(&rows[at], memory_order_relaxed) : NULL;
    int64_t value = count + (row ? GetPart(row, part) : 0);
    if (!row || value > row->most) {
        row = rows ? WiderRow(row, value) : NULL;
        if (!row)
            return;
        PutPart(row, part, value);
        atomic_store_explicit(&rows[at], row, memory_order_release);
        return;
    }
    PutPart(row, part, value);
}

/* After the rows: `count` is published last. */
static void Widen(WeirHist *h, int64_t min, int64_t max, int64_t count)
{
    int64_t before = Get(&h->count);
    if (before == 0 || min < Get(&h->min))
        Put(&h->min, min);
    if (before == 0 || max > Get(&h->max))
        Put(&h->max, max);
    atomic_store_explicit(&h->count, before + count, memory_order_release);
}

void WeirHistAdd(WeirHist *h, int64_t value)
{
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    int row = 0;
    if (magnitude >= SUB)
        row = 64 - __builtin_clzll(magnitude) - SUB_BITS;
    /* For row > 0 the shift leaves 64 to 127: the leading one falls to the mask. */
    AddMany(h, value < 0, row, (int)(magnitude >> (row ? row - 1 : 0)) & (SUB - 1), 1);
    Widen(h, value, value, 1);
}

void WeirHistMerge(WeirHist *into, const WeirHist *from)
{
    int64_t count = WeirHistCount(from);
    int sign, row, part;
    if (count == 0)
        return;
    for (sign = 0; sign < 2; sign++) {
        for (row = 0; row < ROWS; row++) {
            const Row *counters = RowOf(from, sign, row);
            for (part = 0; counters && part < SUB; part++)
                if (GetPart(counters, part))
                    AddMany(into, sign, row, part, GetPart(counters, part));
        }
    }
    Widen(into, Get(&from->min), Get(&from->max), count);
}

int64_t WeirHistCount(const WeirHist *h)
{
    return atomic_load_explicit(&h->count, memory_order_acquire);
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
    int place, step;
    for (place = -ROWS; place < ROWS; place++) {
        int sign = place < 0, row = sign ? -place - 1 : place;
        const Row *counters = RowOf(h, sign, row);
        for (step = 0; counters && step < SUB; step++) {
            int part = sign ? SUB - 1 - step : step;
            int64_t count = GetPart(counters, part), low, last;
            if (count == 0)
                continue;
            Bounds(sign, row, part, &low, &last);
            if (see(arg, low, last, count))
                return;
        }
    }
}

typedef struct Search {
    const double *ranks; /* ascending */
    double *found, passed;
    int count, next;
} Search;

static int SeeRanks(void *arg, int64_t low, int64_t last, int64_t count)
{
    Search *search = arg;
    search->passed += (double)count;
    while (search->next < search->count && search->ranks[search->next] <= search->passed)
        search->found[search->next++] = (double)low + ((double)last - (double)low) / 2;
    return search->next == search->count;
}

/* Nearest ranks beyond the outermost values are those values themselves. */
void WeirHistQuantiles(const WeirHist *h, const double *p, int n, double *out)
{
    double ranks[WEIR_HIST_QUANTILES], total = (double)WeirHistCount(h);
    double min = (double)Get(&h->min), max = (double)Get(&h->max);
    Search search = { ranks, out, 0, n, 0 };
    int i;
    for (i = 0; i < n; i++) {
        ranks[i] = ceil(p[i] * total);
        out[i] = total > 0 ? max : NAN;
    }
    if (total > 0)
        Walk(h, SeeRanks, &search);
    for (i = 0; i < n && total > 0; i++) {
        if (ranks[i] <= 1)
            out[i] = min;
        else if (ranks[i] >= total)
            out[i] = max;
        else
            out[i] = fmax(min, fmin(max, out[i]));
    }
}

double WeirHistQuantile(const WeirHist *h, double p)
{
    double found;
    if (isnan(p))
        return NAN;
    WeirHistQuantiles(h, &p, 1, &found);
    return found;
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
