/* Moments, histogram and sequence tracking against plain computations over all values. */
#include "config.h"
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "stat/hist.h"
#include "stat/moments.h"
#include "stat/seqtrack.h"
#include "check.h"

static uint64_t Draw(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 11;
}

/* ------------------------------------------------------------ moments */

static void TestMoments(void)
{
    static const double values[] = { 1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16, 1e9 - 3 };
    WeirMoments all = { 0 }, left = { 0 }, right = { 0 }, empty = { 0 };
    int i;
    CHECK(isnan(WeirMomentsMean(&all)) && isnan(WeirMomentsVariance(&all)));
    CHECK(isnan(WeirMomentsMin(&all)) && isnan(WeirMomentsMax(&all)));
    for (i = 0; i < 5; i++) {
        WeirMomentsAdd(&all, values[i]);
        WeirMomentsAdd(i < 2 ? &left : &right, values[i]);
    }
    CHECK(WeirMomentsMean(&all) == 1e9 + 7.4);
    CHECK(fabs(WeirMomentsVariance(&all) - 45.04) < 1e-6);
    CHECK(fabs(WeirMomentsStddev(&all) - sqrt(45.04)) < 1e-6);
    CHECK(WeirMomentsMin(&all) == 1e9 - 3 && WeirMomentsMax(&all) == 1e9 + 16);
    WeirMomentsMerge(&left, &empty);
    WeirMomentsMerge(&empty, &right);
    WeirMomentsMerge(&left, &empty);
    CHECK(left.count == 5 && fabs(left.mean - all.mean) < 1e-6);
    CHECK(fabs(WeirMomentsVariance(&left) - 45.04) < 1e-6);
    CHECK(left.min == all.min && left.max == all.max);
}

/* ------------------------------------------------------------ histogram */

typedef struct Seen {
    int64_t total, lastHigh;
    int buckets, badOrder, badWidth;
} Seen;

static void Visit(void *arg, int64_t low, int64_t high, int64_t count)
{
    Seen *seen = arg;
    double width = (double)high - (double)low;
    double magnitude = fmin(fabs((double)low), fabs((double)high - 1));
    if (seen->buckets++ && low < seen->lastHigh)
        seen->badOrder++;
    if (width > 1 && width > magnitude / 64)
        seen->badWidth++;
    seen->lastHigh = high;
    seen->total += count;
}

static int CompareValues(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void TestHistQuantiles(void)
{
    enum { N = 20000 };
    static const double ps[] = { 0, 1e-4, 0.01, 0.25, 0.5, 0.9, 0.99, 0.9999, 1 };
    static int64_t values[N];
    WeirHist *a = WeirHistNew(), *b = WeirHistNew();
    double several[7];
    uint64_t state = 7;
    Seen seen = { 0 };
    size_t i;
    for (i = 0; i < N; i++) {
        int shift = (int)(Draw(&state) % 53);
        values[i] = (int64_t)(Draw(&state) >> shift) * (i % 3 ? 1 : -1);
        WeirHistAdd(i % 2 ? a : b, values[i]);
    }
    WeirHistMerge(a, b);
    qsort(values, N, sizeof *values, CompareValues);
    for (i = 0; i < sizeof ps / sizeof *ps; i++) {
        double rank = fmax(1, ceil(ps[i] * N));
        double exact = (double)values[(int)rank - 1], got = WeirHistQuantile(a, ps[i]);
        if (fabs(got - exact) > (fabs(exact) < 64 ? 0 : fabs(exact) / 64)) {
            printf("quantile %g: %.17g, exactly %.17g\n", ps[i], got, exact);
            failures++;
        }
    }
    WeirHistQuantiles(a, ps + 1, 7, several);
    for (i = 0; i < 7; i++)
        CHECK(several[i] == WeirHistQuantile(a, ps[i + 1]));
    CHECK(WeirHistCount(a) == N);
    WeirHistVisit(a, Visit, &seen);
    CHECK(seen.total == N && seen.badOrder == 0 && seen.badWidth == 0);
    WeirHistFree(a);
    WeirHistFree(b);
}

static void TestHistEdges(void)
{
    static const int64_t edges[] = { INT64_MIN, INT64_MIN + 1, -64, -63,      -1, 0, 63,
                                     64,        127,           128, INT64_MAX };
    size_t i;
    for (i = 0; i < sizeof edges / sizeof *edges; i++) {
        WeirHist *h = WeirHistNew();
        Seen seen = { 0 };
        WeirHistAdd(h, edges[i]);
        CHECK(WeirHistQuantile(h, 0.5) == (double)edges[i]);
        WeirHistVisit(h, Visit, &seen);
        CHECK(seen.buckets == 1 && seen.total == 1);
        WeirHistFree(h);
    }
}

static void TestHistEmpty(void)
{
    WeirHist *h = WeirHistNew(), *other = WeirHistNew();
    WeirHistMerge(h, other);
    CHECK(WeirHistCount(h) == 0 && isnan(WeirHistQuantile(h, 0.5)));
    WeirHistFree(h);
    WeirHistFree(other);
    WeirHistFree(NULL);
}

/* Counters grow beyond 16 and 32 bits without losing anything, of both signs. */
static void TestHistWidens(void)
{
    WeirHist *a = WeirHistNew(), *b = WeirHistNew();
    int64_t want = 70000;
    int i;
    for (i = 0; i < 70000; i++)
        WeirHistAdd(a, i % 7 < 2 ? -5 : 1000000);
    for (i = 0; i < 20; i++, want *= 3) {
        WeirHistFree(b);
        b = WeirHistNew();
        WeirHistMerge(b, a);
        WeirHistMerge(a, b);
        WeirHistMerge(a, b);
    }
    CHECK(WeirHistCount(a) == want);
    CHECK(WeirHistQuantile(a, 0.285) == -5);
    CHECK(fabs(WeirHistQuantile(a, 0.287) / 1e6 - 1) < 1.0 / 64);
    WeirHistFree(a);
    WeirHistFree(b);
}

enum { ADDED = 300000 };

static void *AddUpwards(void *arg)
{
    int i;
    for (i = 1; i <= ADDED; i++)
        WeirHistAdd(arg, i);
    return NULL;
}

/* Asking while another thread adds 1, 2, 3, ...: at any moment the values 1 to n. */
static void TestHistWhileAdding(void)
{
    static const double ps[] = { 0.5, 1 };
    WeirHist *h = WeirHistNew();
    pthread_t thread;
    double found[2], before = 0;
    pthread_create(&thread, NULL, AddUpwards, h);
    while (before < ADDED) {
        int64_t least = WeirHistCount(h);
        WeirHistQuantiles(h, ps, 2, found);
        if (least == 0)
            continue;
        CHECK(found[1] >= (double)least && found[1] >= before);
        CHECK(found[0] >= 0.49 * (double)least - 1 && found[0] <= 0.51 * found[1] + 1);
        before = found[1];
    }
    pthread_join(thread, NULL);
    WeirHistFree(h);
}

/* ------------------------------------------------------------ sequence numbers */

/* Feed a list that ends with -1 and compare: received duplicates reordered lost
 * lossEvents. */
static void CheckSequence(const char *name, uint32_t first, const int64_t *numbers,
                          const int64_t expect[5])
{
    WeirSeqTrack *t = WeirSeqTrackNew(first);
    WeirSeqFigures f;
    for (; *numbers >= 0; numbers++)
        WeirSeqTrackAdd(t, (uint32_t)*numbers);
    f = WeirSeqTrackFigures(t);
    if (f.received != expect[0] || f.duplicates != expect[1] ||
        f.reordered != expect[2] || f.lost != expect[3] || f.lossEvents != expect[4]) {
        printf("%s: received %lld duplicates %lld reordered %lld lost %lld events %lld\n",
               name, (long long)f.received, (long long)f.duplicates,
               (long long)f.reordered, (long long)f.lost, (long long)f.lossEvents);
        failures++;
    }
    WeirSeqTrackFree(t);
}

#define SEQUENCE(name, first, r, d, o, l, e, ...)                                        \
    CheckSequence(name, first, (const int64_t[]){ __VA_ARGS__, -1 },                     \
                  (const int64_t[]){ r, d, o, l, e })

static void TestSequences(void)
{
    SEQUENCE("none", 1, 0, 0, 0, 0, 0, -1);
    SEQUENCE("in order", 1, 4, 0, 0, 0, 0, 1, 2, 3, 4);
    SEQUENCE("one gap", 1, 3, 0, 0, 3, 1, 1, 2, 6);
    SEQUENCE("begins with a gap", 1, 1, 0, 0, 4, 1, 5);
    SEQUENCE("swap fills the gap", 1, 4, 0, 1, 0, 0, 1, 3, 2, 4);
    SEQUENCE("gap split in two", 1, 4, 0, 1, 4, 2, 1, 2, 8, 5);
    SEQUENCE("gap filled from one end", 1, 4, 0, 1, 2, 1, 1, 5, 2, 6);
    SEQUENCE("duplicates", 1, 3, 3, 0, 0, 0, 1, 1, 2, 3, 2, 3);
    SEQUENCE("late, then its duplicate", 1, 3, 1, 1, 0, 0, 1, 3, 2, 2);
    SEQUENCE("earlier than the start", 10, 4, 0, 1, 1, 1, 10, 11, 12, 8);
    SEQUENCE("first packet before the start", 1, 2, 0, 0, 0, 0, 0, 1);
    SEQUENCE("wrap", 4294967294u, 4, 0, 0, 0, 0, 4294967294, 4294967295, 0, 1);
    SEQUENCE("wrap out of order", 4294967294u, 4, 0, 1, 0, 0, 4294967294, 0, 4294967295,
             1);
    SEQUENCE("huge gap", 1, 2, 0, 0, 999998, 1, 1, 1000000);
}

/* Packets late by up to `reach` numbers, some lost, some doubled: figures against a plain
 * table of what was seen. */
static void TestSequenceShuffled(int reach)
{
    enum { N = 200000 };
    static unsigned char seen[N + 1];
    WeirSeqTrack *t = WeirSeqTrackNew(1);
    WeirSeqFigures f;
    int64_t received = 0, duplicates = 0, reordered = 0, lost = 0, events = 0;
    uint64_t state = (uint64_t)reach;
    int i, highest = 0;
    memset(seen, 0, sizeof seen);
    for (i = 0; i < N; i++) {
        int n = highest + 1 + (Draw(&state) % 50 == 0 ? (int)(Draw(&state) % 20) : 0);
        if (Draw(&state) % 10 == 0 && highest > reach)
            n = highest - (int)(Draw(&state) % (uint64_t)reach);
        if (n > N)
            break;
        WeirSeqTrackAdd(t, (uint32_t)n);
        duplicates += seen[n];
        reordered += !seen[n] && n < highest;
        received += !seen[n];
        seen[n] = 1;
        highest = n > highest ? n : highest;
    }
    for (i = 1; i <= highest; i++) {
        lost += !seen[i];
        events += !seen[i] && (i == 1 || seen[i - 1]);
    }
    f = WeirSeqTrackFigures(t);
    CHECK(f.received == received && f.duplicates == duplicates);
    CHECK(f.reordered == reordered && f.lost == lost && f.lossEvents == events);
    CHECK(f.highest == (uint32_t)highest);
    WeirSeqTrackFree(t);
}

static void TestSequenceOld(void)
{
    WeirSeqTrack *t = WeirSeqTrackNew(1);
    uint32_t n;
    for (n = 1; n <= 200000; n++)
        if (n != 5)
            WeirSeqTrackAdd(t, n);
    CHECK(WeirSeqTrackAdd(t, 5) == WEIR_SEQ_LATE);
    CHECK(WeirSeqTrackFigures(t).lost == 0);
    CHECK(WeirSeqTrackAdd(t, 5) == WEIR_SEQ_LATE); /* too old to know */
    CHECK(WeirSeqTrackAdd(t, 199000) == WEIR_SEQ_DUPLICATE);
    WeirSeqTrackFree(t);
    t = WeirSeqTrackNew(1);
    for (n = 1; n <= 1000; n++)
        WeirSeqTrackAdd(t, n);
    CHECK(WeirSeqTrackAdd(t, 5) == WEIR_SEQ_DUPLICATE); /* nothing was ever missing */
    WeirSeqTrackFree(t);
    WeirSeqTrackFree(NULL);
}

int main(void)
{
    TestMoments();
    TestHistQuantiles();
    TestHistEdges();
    TestHistEmpty();
    TestHistWidens();
    TestHistWhileAdding();
    TestSequences();
    TestSequenceShuffled(10);
    TestSequenceShuffled(1000);
    TestSequenceShuffled(60000);
    TestSequenceOld();
    return failures != 0;
}
