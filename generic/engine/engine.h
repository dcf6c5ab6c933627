/* engine: worker threads with deadlines and sockets - the only place where packets wait
 * and threads live.  Knows nothing of flows, formats or Tcl.
 *
 * An engine is a few workers (threads).  Each owns a heap of timers and a set of
 * descriptors; timers fire and descriptors report in their worker's thread only, so what
 * a worker owns needs no lock.  Other threads talk to it by posting functions.  Deadlines
 * are absolute CLOCK_MONOTONIC nanoseconds. */
#ifndef WEIR_ENGINE_H
#define WEIR_ENGINE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

typedef struct WeirEngine WeirEngine;
typedef struct WeirWorker WeirWorker;

/* Workers of an engine that is started from now on: 1 to 64; the default is one for each
 * core that this process may run on, at least 2.  WEIR_E_STATE while an engine with
 * another number of workers runs. */
int WeirEngineSetWorkers(int count, WeirErr *err);
int WeirEngineWantedWorkers(void);

/* The engine of this process, started at first use.  Each Acquire is matched by a
 * Release; the last one stops the threads. */
WeirEngine *WeirEngineAcquire(WeirErr *err);
void WeirEngineRelease(WeirEngine *engine);

int WeirEngineWorkers(const WeirEngine *engine);
/* The worker that carries signalling (number 0; it carries data as well). */
WeirWorker *WeirEngineControl(WeirEngine *engine);
/* The worker with the least load, which grows by one until WeirWorkerUnload. */
WeirWorker *WeirEnginePick(WeirEngine *engine);
/* The same among workers that are none of `others`, while there is one. */
WeirWorker *WeirEnginePickOther(WeirEngine *engine, WeirWorker *const *others, int count);
void WeirWorkerUnload(WeirWorker *worker);
int WeirWorkerIndex(const WeirWorker *worker);

/* Run fn(arg) in the worker's thread, in order of posting.  Call waits until it has run;
 * when the caller is that worker, Call runs it at once. */
void WeirWorkerPost(WeirWorker *worker, void (*fn)(void *arg), void *arg);
void WeirWorkerCall(WeirWorker *worker, void (*fn)(void *arg), void *arg);

/* Something that every worker has one of, such as a read buffer: made at first use in the
 * worker's thread, released by `release` when the worker ends.  `make` may return NULL.
 * Who gives out the slots asserts at compile time that there are so many. */
enum { WEIR_LOCAL_SLOTS = 16 };
void *WeirWorkerLocal(WeirWorker *worker, int slot, void *(*make)(void),
                      void (*release)(void *));

/* Whether this process may do what WeirWorkerRealtime does (any thread): 0, or
 * WEIR_E_PERM with a sentence that says how to allow it. */
int WeirWorkerMayRealtime(WeirErr *err);

/* --- In the worker's own thread -------------------------------------------------------
 */

/* Processor time that the worker has used since it began, and time in which it was ready
 * to run but waited for a processor; at most a millisecond old.  Two readings tell
 * whether a worker that was late in between had too much to do, or too little of a
 * processor. */
typedef struct WeirWorkerUse {
    int64_t atNs, cpuNs, runDelayNs; /* CLOCK_MONOTONIC of the reading; the sums */
} WeirWorkerUse;
WeirWorkerUse WeirWorkerUsage(WeirWorker *worker);

/* The worker runs under real-time scheduling while more callers have asked for it than
 * have taken that back. */
int WeirWorkerRealtime(WeirWorker *worker, bool on, WeirErr *err);

/* A timer lives in its owner's structure (zeroed at first) and fires once per Set. */
typedef struct WeirTimer {
    int64_t dueNs;
    int64_t spinNs; /* busy-wait this long before dueNs instead of sleeping */
    size_t slot;    /* 1 + place in the heap; 0 when not set */
    void (*fire)(struct WeirTimer *timer, int64_t nowNs);
    void *arg;
} WeirTimer;

void WeirTimerSet(WeirWorker *worker, WeirTimer *timer, int64_t dueNs);
void WeirTimerStop(WeirWorker *worker, WeirTimer *timer);

/* A descriptor and what to do when it is ready (WEIR_POLL_... of poll.h). */
typedef struct WeirIo {
    int fd;
    unsigned wants;
    void (*ready)(struct WeirIo *io, unsigned events);
    void *arg;
} WeirIo;

int WeirIoAdd(WeirWorker *worker, WeirIo *io, unsigned wants, WeirErr *err);
void WeirIoWant(WeirWorker *worker, WeirIo *io, unsigned wants);
/* After this `ready` is not called again, not even for events already fetched.  The
 * caller closes the descriptor. */
void WeirIoRemove(WeirWorker *worker, WeirIo *io);

#endif
