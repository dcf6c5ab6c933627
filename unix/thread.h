/* What a packet thread asks of the system beyond pthreads. */
#ifndef WEIR_THREAD_H
#define WEIR_THREAD_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Start a thread with every signal blocked (signals belong to the main thread) and a name
 * of up to 15 characters.  Returns 0 or an errno value. */
int WeirThreadStart(pthread_t *thread, const char *name, void *(*run)(void *), void *arg);

/* For the calling thread: wake-ups as exact as the kernel can (timer slack 1 ns). */
void WeirThreadExact(void);

/* Real-time scheduling (SCHED_FIFO, priority 10) of the calling thread, or what it had
 * before.  Returns 0 or an errno value: EPERM without CAP_SYS_NICE or RLIMIT_RTPRIO. */
int WeirThreadRealtime(bool on);

/* What the calling thread has used since it began: time on a processor, and time in which
 * it could have run but waited for one (0 where the kernel does not count it).  Opens a
 * file of /proc: some 10 us. */
typedef struct WeirThreadUse {
    int64_t cpuNs, runDelayNs;
} WeirThreadUse;
WeirThreadUse WeirThreadUsage(void);

/* Cores that this process may run on, at least 1. */
int WeirThreadCores(void);

/* Raise the limit of open descriptors to what the system allows this process. */
void WeirRaiseFileLimit(void);

#endif
