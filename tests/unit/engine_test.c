/* Workers: order of posts, calls, timers in order of their deadlines, descriptors. */
#include "config.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/ring.h"
#include "engine/engine.h"
#include "engine/timers.h"
#include "poll.h"
#include "wake.h"
#include "check.h"

enum { POSTS = 1000, TIMERS = 2000 };

static int order[POSTS], ordered;

static void Note(void *arg)
{
    order[ordered++] = (int)(intptr_t)arg;
}

static void Nothing(void *arg)
{
}

static void TestPosts(WeirEngine *engine)
{
    WeirWorker *w = WeirEnginePick(engine);
    int i;
    for (i = 0; i < POSTS; i++)
        WeirWorkerPost(w, Note, (void *)(intptr_t)i);
    WeirWorkerCall(w, Nothing, NULL);
    CHECK(ordered == POSTS);
    for (i = 0; i < POSTS; i++)
        CHECK(order[i] == i);
    WeirWorkerUnload(w);
}

/* The heap alone: random sets, moves and stops leave it in order. */
static void TestHeap(void)
{
    static WeirTimer timers[TIMERS];
    WeirTimers heap = { 0 };
    int64_t last = INT64_MIN;
    int i, left = 0;
    srand(1);
    for (i = 0; i < TIMERS; i++)
        WeirTimersSet(&heap, &timers[i], rand() % 1000);
    for (i = 0; i < TIMERS; i += 3)
        WeirTimersSet(&heap, &timers[i], rand() % 1000);
    for (i = 0; i < TIMERS; i += 4)
        WeirTimersStop(&heap, &timers[i]);
    while (WeirTimersFirst(&heap)) {
        WeirTimer *t = WeirTimersFirst(&heap);
        CHECK(t->dueNs >= last);
        last = t->dueNs;
        WeirTimersStop(&heap, t);
        CHECK(t->slot == 0);
        left++;
    }
    CHECK(left == TIMERS - (TIMERS + 3) / 4);
    free(heap.heap);
}

typedef struct Beat {
    WeirTimer timer;
    WeirWorker *worker;
    int64_t early; /* fired before its deadline, should stay 0 */
    int count;
    atomic_int done;
} Beat;

static void OnBeat(WeirTimer *timer, int64_t nowNs)
{
    Beat *beat = timer->arg;
    if (WeirMonoNs() < timer->dueNs)
        beat->early++;
    if (++beat->count < 50)
        WeirTimerSet(beat->worker, timer, timer->dueNs + 1 * WEIR_NS_PER_MS);
    else
        atomic_store(&beat->done, 1);
}

static void StartBeat(void *arg)
{
    Beat *beat = arg;
    WeirTimerSet(beat->worker, &beat->timer, WeirMonoNs() + WEIR_NS_PER_MS);
}

static void TestTimer(WeirEngine *engine, int64_t spinNs)
{
    Beat beat = { .timer = { .fire = OnBeat, .arg = &beat, .spinNs = spinNs } };
    int64_t until = WeirMonoNs() + 30 * WEIR_NS_PER_S;
    beat.worker = WeirEnginePick(engine);
    WeirWorkerPost(beat.worker, StartBeat, &beat);
    while (!atomic_load(&beat.done) && WeirMonoNs() < until)
        usleep(1000);
    CHECK(atomic_load(&beat.done));
    CHECK(beat.early == 0);
    WeirWorkerUnload(beat.worker);
}

/* Two descriptors that become ready together: the handler of the first removes the
 * second, which must then not be called although its event was fetched. */
typedef struct Pair {
    WeirIo a, b;
    WeirWorker *worker;
    atomic_int calls;
} Pair;

static void OnPair(WeirIo *io, unsigned events)
{
    Pair *pair = io->arg;
    WeirWakeClear(io->fd);
    atomic_fetch_add(&pair->calls, 1);
    WeirIoRemove(pair->worker, io == &pair->a ? &pair->b : &pair->a);
}

static void AddPair(void *arg)
{
    Pair *pair = arg;
    WeirIoAdd(pair->worker, &pair->a, WEIR_POLL_IN, NULL);
    WeirIoAdd(pair->worker, &pair->b, WEIR_POLL_IN, NULL);
    WeirWakeRing(pair->a.fd);
    WeirWakeRing(pair->b.fd);
}

static void RemovePair(void *arg)
{
    Pair *pair = arg;
    WeirIoRemove(pair->worker, &pair->a);
    WeirIoRemove(pair->worker, &pair->b);
}

static void TestRemove(WeirEngine *engine)
{
    Pair pair = { .a = { .ready = OnPair }, .b = { .ready = OnPair } };
    int64_t until = WeirMonoNs() + 30 * WEIR_NS_PER_S;
    pair.a.arg = pair.b.arg = &pair;
    pair.a.fd = WeirWakeOpen(NULL);
    pair.b.fd = WeirWakeOpen(NULL);
    pair.worker = WeirEngineControl(engine);
    WeirWorkerCall(pair.worker, AddPair, &pair);
    while (atomic_load(&pair.calls) == 0 && WeirMonoNs() < until)
        usleep(1000);
    usleep(50000); /* another call would come at once */
    WeirWorkerCall(pair.worker, RemovePair, &pair);
    CHECK(atomic_load(&pair.calls) == 1);
    close(pair.a.fd);
    close(pair.b.fd);
}

/* A worker that has been busy for a while says so. */
typedef struct Usage {
    WeirWorker *worker;
    WeirWorkerUse before, after;
} Usage;

static void MeasureUsage(void *arg)
{
    Usage *u = arg;
    int64_t until;
    u->before = WeirWorkerUsage(u->worker);
    for (until = WeirMonoNs() + 30 * WEIR_NS_PER_MS; WeirMonoNs() < until;)
        continue;
    u->after = WeirWorkerUsage(u->worker);
}

static void TestUsage(WeirEngine *engine)
{
    Usage u = { .worker = WeirEngineControl(engine) };
    int64_t spent, delayed, passed, all = WeirMonoNs();
    WeirWorkerCall(u.worker, MeasureUsage, &u);
    all = WeirMonoNs() - all;
    passed = u.after.atNs - u.before.atNs;
    spent = u.after.cpuNs - u.before.cpuNs;
    delayed = u.after.runDelayNs - u.before.runDelayNs;
    CHECK(passed >= 30 * WEIR_NS_PER_MS);
    CHECK(spent > 0 && spent <= all + WEIR_NS_PER_MS);
    CHECK(delayed >= 0 && delayed <= all + WEIR_NS_PER_MS);
}

static void TestRing(void)
{
    WeirRing *ring = WeirRingNew(5, sizeof(int)); /* 8 slots */
    const void *first;
    int i, round;
    for (round = 0; round < 3; round++) {
        for (i = 0; i < 8; i++)
            CHECK(WeirRingPut(ring, &i));
        CHECK(!WeirRingPut(ring, &i));
        CHECK(WeirRingUsed(ring) == 8);
        for (i = 0; i < 8;) {
            size_t n = WeirRingPeek(ring, 3, &first), k;
            CHECK(n >= 1 && n <= 3);
            for (k = 0; k < n; k++)
                CHECK(((const int *)first)[k] == i++);
            WeirRingDrop(ring, n);
        }
        i = 0;
        WeirRingPut(ring, &i); /* shift the start for the next round */
        WeirRingPeek(ring, 1, &first);
        WeirRingDrop(ring, 1);
    }
    WeirRingFree(ring);
}

int main(void)
{
    WeirErr err;
    WeirEngine *engine = WeirEngineAcquire(&err);
    CHECK(engine != NULL);
    CHECK(WeirEngineAcquire(&err) == engine);
    WeirEngineRelease(engine);
    TestHeap();
    TestRing();
    TestPosts(engine);
    TestTimer(engine, 0);
    TestTimer(engine, 200000);
    TestRemove(engine);
    TestUsage(engine);
    WeirEngineRelease(engine);
    return failures > 0;
}
