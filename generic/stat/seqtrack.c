/* Numbers are kept as 64-bit integers that do not wrap (and may fall below zero); the bit
 * of number n is n modulo the size of the bitmap.  The bitmap holds (highest - bits,
 * highest].  It grows before a hole would leave it, so as long as it is below its largest
 * size every number older than it has been seen, and `forgot` says whether a hole was
 * ever pushed out of the largest one. */
#include "config.h"
#include <stdbool.h>
#include <stdlib.h>
#include "stat/seqtrack.h"

enum { MIN_BITS = 64, MAX_BITS = 65536 };

struct WeirSeqTrack {
    int64_t first, highest; /* highest is first - 1 until something came */
    int64_t received, duplicates, reordered, lossEvents;
    int64_t bits; /* a power of two */
    uint64_t *map;
    bool forgot;
};

WeirSeqTrack *WeirSeqTrackNew(uint32_t first)
{
    WeirSeqTrack *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->bits = MIN_BITS;
    t->map = calloc(MIN_BITS / 64, sizeof *t->map);
    t->first = first;
    t->highest = t->first - 1;
    if (!t->map) {
        free(t);
        return NULL;
    }
    return t;
}

void WeirSeqTrackFree(WeirSeqTrack *t)
{
    if (t)
        free(t->map);
    free(t);
}

static bool InMap(const WeirSeqTrack *t, int64_t n)
{
    return n > t->highest - t->bits && n <= t->highest;
}

static bool Bit(const WeirSeqTrack *t, int64_t n)
{
    int64_t at = n & (t->bits - 1);
    return t->map[at / 64] >> (at % 64) & 1;
}

static void SetBit(WeirSeqTrack *t, int64_t n, bool value)
{
    int64_t at = n & (t->bits - 1);
    uint64_t mask = UINT64_C(1) << (at % 64);
    if (value)
        t->map[at / 64] |= mask;
    else
        t->map[at / 64] &= ~mask;
}

/* Numbers outside the range do not count as holes. */
static bool Seen(const WeirSeqTrack *t, int64_t n)
{
    return n < t->first || !InMap(t, n) || Bit(t, n);
}

/* Make the bitmap at least `want` numbers long, as far as its largest size and memory
 * allow. */
static void Grow(WeirSeqTrack *t, int64_t want)
{
    WeirSeqTrack grown = *t;
    int64_t n;
    if (want <= t->bits || t->bits == MAX_BITS)
        return;
    while (grown.bits < want && grown.bits < MAX_BITS)
        grown.bits *= 2;
    grown.map = calloc((size_t)grown.bits / 64, sizeof *grown.map);
    if (!grown.map)
        return;
    for (n = t->highest - grown.bits + 1; n <= t->highest; n++)
        if (n >= t->first && Seen(t, n))
            SetBit(&grown, n, true);
    free(t->map);
    *t = grown;
}

/* Whether advancing to `n` would push a hole out of the bitmap. */
static bool LosesHole(const WeirSeqTrack *t, int64_t n)
{
    int64_t old = t->highest - t->bits + 1, end = n - t->bits;
    if (end > t->highest) /* some of the new gap would fall out as well */
        return true;
    for (; old <= end; old++)
        if (!Seen(t, old))
            return true;
    return false;
}

static void Advance(WeirSeqTrack *t, int64_t n)
{
    int64_t m;
    while (LosesHole(t, n)) {
        int64_t before = t->bits;
        Grow(t, t->bits * 2);
        if (t->bits == before) {
            t->forgot = true;
            break;
        }
    }
    if (n > t->highest + 1)
        t->lossEvents++;
    m = n - t->highest > t->bits ? n - t->bits + 1 : t->highest + 1;
    for (; m < n; m++)
        SetBit(t, m, false);
    SetBit(t, n, true);
    t->highest = n;
}

/* A number of the bitmap that was missing: the run of holes it lay in vanishes, shrinks
 * or is split in two. */
static void Fill(WeirSeqTrack *t, int64_t n)
{
    bool before = Seen(t, n - 1), after = Seen(t, n + 1);
    SetBit(t, n, true);
    if (before && after)
        t->lossEvents--;
    else if (!before && !after)
        t->lossEvents++;
}

/* A number before the first: the range begins earlier than was thought. */
static void Extend(WeirSeqTrack *t, int64_t n)
{
    Grow(t, t->highest - n + 1);
    if (n + 1 < t->first && Seen(t, t->first))
        t->lossEvents++; /* else the new holes lengthen the run at the old beginning */
    t->first = n;
    if (InMap(t, n))
        SetBit(t, n, true);
    else
        t->forgot = true;
}

WeirSeqKind WeirSeqTrackAdd(WeirSeqTrack *t, uint32_t seq)
{
    int64_t n = t->highest + (int32_t)(seq - (uint32_t)t->highest);
    WeirSeqKind kind = WEIR_SEQ_LATE;
    if (t->received == 0 && n < t->first) {
        t->first = n;
        t->highest = n - 1;
    }
    if (n > t->highest) {
        kind = WEIR_SEQ_NEW;
        Advance(t, n);
    } else if (n < t->first) {
        Extend(t, n);
    } else if (InMap(t, n) ? Bit(t, n) : !t->forgot) {
        kind = WEIR_SEQ_DUPLICATE;
    } else if (InMap(t, n)) {
        Fill(t, n);
    }
    if (kind == WEIR_SEQ_DUPLICATE)
        t->duplicates++;
    else
        t->received++;
    if (kind == WEIR_SEQ_LATE)
        t->reordered++;
    return kind;
}

WeirSeqFigures WeirSeqTrackFigures(const WeirSeqTrack *t)
{
    WeirSeqFigures f = { t->received, t->duplicates, t->reordered,
                         0,           t->lossEvents, (uint32_t)t->highest };
    int64_t missing = t->highest - t->first + 1 - t->received;
    f.lost = missing > 0 ? missing : 0;
    return f;
}
