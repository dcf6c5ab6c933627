#include "config.h"
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include "thread.h"

int WeirThreadStart(pthread_t *thread, const char *name, void *(*run)(void *), void *arg)
{
    sigset_t all, old;
    int rc;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    rc = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (rc == 0)
        pthread_setname_np(*thread, name);
    return rc;
}

void WeirThreadExact(void)
{
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
}

int WeirThreadRealtime(bool on)
{
    static _Thread_local int oldPolicy;
    static _Thread_local struct sched_param oldParam;
    struct sched_param param = { .sched_priority = 10 };
    pthread_t self = pthread_self();
    if (!on)
        return pthread_setschedparam(self, oldPolicy, &oldParam);
    pthread_getschedparam(self, &oldPolicy, &oldParam);
    return pthread_setschedparam(self, SCHED_FIFO, &param);
}

WeirThreadUse WeirThreadUsage(void)
{
    WeirThreadUse use = { 0, 0 };
    struct timespec ts;
    FILE *file = fopen("/proc/thread-self/schedstat", "re");
    if (file) {
        if (fscanf(file, "%*s %" SCNd64, &use.runDelayNs) != 1)
            use.runDelayNs = 0;
        fclose(file);
    }
    if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts) == 0)
        use.cpuNs = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
    return use;
}

int WeirThreadCores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0 || CPU_COUNT(&set) < 1)
        return 1;
    return CPU_COUNT(&set);
}

void WeirRaiseFileLimit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}
