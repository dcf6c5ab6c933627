#include "config.h"
#include <math.h>
#include <time.h>
#include "base/clock.h"

static int64_t ReadClock(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * WEIR_NS_PER_S + ts.tv_nsec;
}

int64_t WeirMonoNs(void)
{
    return ReadClock(CLOCK_MONOTONIC);
}

int64_t WeirRealNs(void)
{
    return ReadClock(CLOCK_REALTIME);
}

int64_t WeirSecondsToNs(double seconds)
{
    double ns = seconds * 1e9;
    if (isnan(ns))
        return 0;
    if (ns >= 9.2e18)
        return INT64_MAX;
    if (ns <= -9.2e18)
        return INT64_MIN;
    return (int64_t)llround(ns);
}
