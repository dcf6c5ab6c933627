#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "engine/engine.h"
#include "engine/timers.h"
#include "poll.h"
#include "thread.h"
#include "wake.h"

enum { MAX_WORKERS = 64, MIN_WORKERS = 2, EVENTS = 64 };

/* To fall asleep and wake up again takes longer than this, and more processor time: what
 * is due sooner is waited for awake. */
#define SHORTEST_SLEEP_NS (15 * WEIR_NS_PER_US)

typedef struct Task {
    struct Task *next;
    void (*fn)(void *arg);
    void *arg;
} Task;

struct WeirWorker {
    WeirEngine *engine;
    pthread_t thread;
    int index, poll, wake;
    atomic_int load;
    pthread_mutex_t lock; /* guards first, last and stop */
    Task *first, *last;
    bool stop;
    WeirTimers timers;            /* from here on: the worker's thread only */
    WeirPollEvent events[EVENTS]; /* what the last wait returned */
    int eventCount, eventNext;
    WeirWorkerUse use; /* latest reading */
    int realtime;      /* users of real-time scheduling */
    void *local[WEIR_LOCAL_SLOTS];
    void (*releaseLocal[WEIR_LOCAL_SLOTS])(void *);
};

struct WeirEngine {
    int users, count;
    WeirWorker workers[MAX_WORKERS];
};

static pthread_mutex_t sharedLock = PTHREAD_MUTEX_INITIALIZER; /* guards these */
static WeirEngine *shared;
static int wantedWorkers; /* 0: as there are cores */

static _Thread_local WeirWorker *current; /* the worker that runs in this thread */

/* ------------------------------------------------------------ the loop */

/* Tasks posted so far; false when the worker shall end (after them). */
static bool RunTasks(WeirWorker *w)
{
    Task *task, *next;
    bool stop;
    pthread_mutex_lock(&w->lock);
    task = w->first;
    w->first = w->last = NULL;
    stop = w->stop;
    pthread_mutex_unlock(&w->lock);
    for (; task; task = next) {
        next = task->next;
        task->fn(task->arg);
        free(task);
    }
    return !stop;
}

/* Fire what is due, at most one round of the timers that were due at `now`, so that
 * sockets are looked at in between. */
static WeirTimer *FireDue(WeirWorker *w, int64_t now)
{
    size_t round = w->timers.count;
    WeirTimer *timer;
    while ((timer = WeirTimersFirst(&w->timers)) && timer->dueNs <= now && round-- > 0) {
        WeirTimersStop(&w->timers, timer);
        timer->fire(timer, now);
    }
    return timer;
}

/* Fire what is due; when the next timer wants to be waited for busily and is near, wait
 * and fire that one, too.  Returns how long may be slept, or -1 for ever. */
static int64_t FireTimers(WeirWorker *w)
{
    WeirTimer *timer = FireDue(w, WeirMonoNs());
    int64_t now, gap;
    if (!timer)
        return -1;
    now = WeirMonoNs();
    gap = timer->dueNs - now;
    if (gap > timer->spinNs && gap > SHORTEST_SLEEP_NS)
        return gap - timer->spinNs;
    if (gap > 0) {
        while (now < timer->dueNs)
            now = WeirMonoNs();
        WeirTimersStop(&w->timers, timer);
        timer->fire(timer, now);
    }
    return 0;
}

static void ReleaseLocals(WeirWorker *w)
{
    int i;
    for (i = 0; i < WEIR_LOCAL_SLOTS; i++)
        if (w->local[i])
            w->releaseLocal[i](w->local[i]);
}

static void *RunWorker(void *arg)
{
    WeirWorker *w = arg;
    current = w;
    WeirThreadExact();
    while (RunTasks(w)) {
        int64_t sleepNs = FireTimers(w);
        w->eventCount = WeirPollWait(w->poll, w->events, EVENTS, sleepNs);
        for (w->eventNext = 0; w->eventNext < w->eventCount;) {
            WeirPollEvent *event = &w->events[w->eventNext++];
            WeirIo *io = event->tag;
            if (io)
                io->ready(io, event->events);
        }
    }
    ReleaseLocals(w);
    free(w->timers.heap);
    return NULL;
}

/* ------------------------------------------------------------ posting */

void WeirWorkerPost(WeirWorker *w, void (*fn)(void *arg), void *arg)
{
    Task *task;
    bool wasEmpty;
    while (
        !(task = malloc(sizeof *task))) /* a lost task would stall its sender for ever */
        usleep(1000);
    task->next = NULL;
    task->fn = fn;
    task->arg = arg;
    pthread_mutex_lock(&w->lock);
    wasEmpty = !w->first;
    if (wasEmpty)
        w->first = task;
    else
        w->last->next = task;
    w->last = task;
    pthread_mutex_unlock(&w->lock);
    if (wasEmpty)
        WeirWakeRing(w->wake);
}

typedef struct Call {
    void (*fn)(void *arg);
    void *arg;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done;
} Call;

static void RunCall(void *arg)
{
    Call *call = arg;
    call->fn(call->arg);
    pthread_mutex_lock(&call->lock);
    call->done = true;
    pthread_cond_signal(&call->ended);
    pthread_mutex_unlock(&call->lock);
}

void WeirWorkerCall(WeirWorker *w, void (*fn)(void *arg), void *arg)
{
    Call call = { fn, arg, PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false };
    if (current == w) {
        fn(arg);
        return;
    }
    WeirWorkerPost(w, RunCall, &call);
    pthread_mutex_lock(&call.lock);
    while (!call.done)
        pthread_cond_wait(&call.ended, &call.lock);
    pthread_mutex_unlock(&call.lock);
}

static void WakeReady(WeirIo *io, unsigned events)
{
    WeirWakeClear(io->fd);
}

/* ------------------------------------------------------------ timers and descriptors */

void WeirTimerSet(WeirWorker *w, WeirTimer *timer, int64_t dueNs)
{
    WeirTimersSet(&w->timers, timer, dueNs);
}

void WeirTimerStop(WeirWorker *w, WeirTimer *timer)
{
    WeirTimersStop(&w->timers, timer);
}

int WeirIoAdd(WeirWorker *w, WeirIo *io, unsigned wants, WeirErr *err)
{
    io->wants = wants;
    return WeirPollAdd(w->poll, io->fd, wants, io, err);
}

void WeirIoWant(WeirWorker *w, WeirIo *io, unsigned wants)
{
    if (io->wants != wants) {
        io->wants = wants;
        WeirPollChange(w->poll, io->fd, wants, io);
    }
}

void WeirIoRemove(WeirWorker *w, WeirIo *io)
{
    int i;
    WeirPollRemove(w->poll, io->fd);
    for (i = w->eventNext; i < w->eventCount; i++)
        if (w->events[i].tag == io)
            w->events[i].tag = NULL;
}

/* ------------------------------------------------------------ the pool */

static WeirIo wakeIo[MAX_WORKERS]; /* one per worker of the one engine */

static int StartWorker(WeirEngine *engine, int index, WeirErr *err)
{
    WeirWorker *w = &engine->workers[index];
    char name[16];
    int rc;
    w->engine = engine;
    w->index = index;
    w->poll = w->wake = -1;
    pthread_mutex_init(&w->lock, NULL);
    w->poll = WeirPollOpen(err);
    if (w->poll < 0)
        return w->poll;
    w->wake = WeirWakeOpen(err);
    if (w->wake < 0)
        return w->wake;
    wakeIo[index].fd = w->wake;
    wakeIo[index].ready = WakeReady;
    rc = WeirPollAdd(w->poll, w->wake, WEIR_POLL_IN, &wakeIo[index], err);
    if (rc < 0)
        return rc;
    snprintf(name, sizeof name, "weir-%u", (unsigned)index % 100);
    rc = WeirThreadStart(&w->thread, name, RunWorker, w);
    return rc ? WeirFailErrno(err, rc, "cannot start a worker thread") : WEIR_OK;
}

static void CloseWorker(WeirWorker *w)
{
    if (w->poll >= 0)
        close(w->poll);
    if (w->wake >= 0)
        close(w->wake);
    pthread_mutex_destroy(&w->lock);
}

static void StopWorker(WeirWorker *w)
{
    pthread_mutex_lock(&w->lock);
    w->stop = true;
    pthread_mutex_unlock(&w->lock);
    WeirWakeRing(w->wake);
    pthread_join(w->thread, NULL);
}

static void StopEngine(WeirEngine *engine)
{
    int i;
    for (i = engine->count - 1; i >= 0; i--) /* the one that carries signalling last */
        StopWorker(&engine->workers[i]);
    for (i = 0; i < engine->count; i++)
        CloseWorker(&engine->workers[i]);
    free(engine);
}

static int WorkersLocked(void)
{
    int cores = WeirThreadCores();
    if (wantedWorkers)
        return wantedWorkers;
    return cores < MIN_WORKERS ? MIN_WORKERS : cores > MAX_WORKERS ? MAX_WORKERS : cores;
}

int WeirEngineWantedWorkers(void)
{
    int count;
    pthread_mutex_lock(&sharedLock);
    count = shared ? shared->count : WorkersLocked();
    pthread_mutex_unlock(&sharedLock);
    return count;
}

int WeirEngineSetWorkers(int count, WeirErr *err)
{
    int rc = WEIR_OK, running = 0;
    if (count < 1 || count > MAX_WORKERS)
        return WeirFail(err, WEIR_E_ARG, "a number of workers is 1 to %d", MAX_WORKERS);
    pthread_mutex_lock(&sharedLock);
    if (shared && shared->count != count) {
        running = shared->count;
        rc = WEIR_E_STATE;
    } else {
        wantedWorkers = count;
    }
    pthread_mutex_unlock(&sharedLock);
    return rc == 0 ? rc
                   : WeirFail(err, rc,
                              "%d workers run already: set their number before the first "
                              "flow or receiver is created",
                              running);
}

static WeirEngine *StartEngine(WeirErr *err)
{
    WeirEngine *engine = calloc(1, sizeof *engine);
    int want = WorkersLocked();
    if (!engine) {
        WeirFail(err, WEIR_E_MEMORY, "out of memory");
        return NULL;
    }
    WeirRaiseFileLimit();
    for (; engine->count < want; engine->count++) {
        if (StartWorker(engine, engine->count, err) < 0) {
            CloseWorker(&engine->workers[engine->count]);
            StopEngine(engine);
            return NULL;
        }
    }
    return engine;
}

WeirEngine *WeirEngineAcquire(WeirErr *err)
{
    WeirEngine *engine;
    pthread_mutex_lock(&sharedLock);
    if (!shared)
        shared = StartEngine(err);
    engine = shared;
    if (engine)
        engine->users++;
    pthread_mutex_unlock(&sharedLock);
    return engine;
}

void WeirEngineRelease(WeirEngine *engine)
{
    if (!engine)
        return;
    pthread_mutex_lock(&sharedLock);
    if (--engine->users == 0) {
        shared = NULL;
        StopEngine(engine);
    }
    pthread_mutex_unlock(&sharedLock);
}

void *WeirWorkerLocal(WeirWorker *w, int slot, void *(*make)(void),
                      void (*release)(void *))
{
    if (!w->local[slot]) {
        w->local[slot] = make();
        w->releaseLocal[slot] = release;
    }
    return w->local[slot];
}

WeirWorkerUse WeirWorkerUsage(WeirWorker *w)
{
    int64_t now = WeirMonoNs();
    if (now - w->use.atNs >= WEIR_NS_PER_MS) {
        WeirThreadUse use = WeirThreadUsage();
        w->use = (WeirWorkerUse){ now, use.cpuNs, use.runDelayNs };
    }
    return w->use;
}

static int FailRealtime(int error, WeirErr *err)
{
    if (error == EPERM)
        return WeirFail(err, WEIR_E_PERM,
                        "real-time scheduling needs the capability CAP_SYS_NICE: run as "
                        "root, or grant it to the program with \"setcap "
                        "cap_sys_nice+ep\"");
    return WeirFailErrno(err, error, "cannot use real-time scheduling");
}

/* Trying is the only sure way to know. */
int WeirWorkerMayRealtime(WeirErr *err)
{
    int error = WeirThreadRealtime(true);
    if (error)
        return FailRealtime(error, err);
    WeirThreadRealtime(false);
    return WEIR_OK;
}

int WeirWorkerRealtime(WeirWorker *w, bool on, WeirErr *err)
{
    int error = 0;
    if (w->realtime == !on) /* the first, or the last */
        error = WeirThreadRealtime(on);
    if (error && on)
        return FailRealtime(error, err);
    w->realtime += on ? 1 : -1;
    return WEIR_OK;
}

int WeirEngineWorkers(const WeirEngine *engine)
{
    return engine->count;
}

WeirWorker *WeirEngineControl(WeirEngine *engine)
{
    return &engine->workers[0];
}

static bool Among(WeirWorker *const *workers, int count, const WeirWorker *w)
{
    int i = 0;
    while (i < count && workers[i] != w)
        i++;
    return i < count;
}

/* Counted from the last worker down, so that signalling stays alone while it can. */
WeirWorker *WeirEnginePickOther(WeirEngine *engine, WeirWorker *const *others, int count)
{
    WeirWorker *best = NULL;
    int i;
    for (i = engine->count - 1; i >= 0; i--) {
        WeirWorker *w = &engine->workers[i];
        if (!Among(others, count, w) &&
            (!best || atomic_load(&w->load) < atomic_load(&best->load)))
            best = w;
    }
    if (!best)
        return WeirEnginePick(engine);
    atomic_fetch_add(&best->load, 1);
    return best;
}

WeirWorker *WeirEnginePick(WeirEngine *engine)
{
    return WeirEnginePickOther(engine, NULL, 0);
}

void WeirWorkerUnload(WeirWorker *worker)
{
    atomic_fetch_sub(&worker->load, 1);
}

int WeirWorkerIndex(const WeirWorker *worker)
{
    return worker->index;
}
