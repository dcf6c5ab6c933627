/* The one time type: signed 64-bit nanoseconds. */
#ifndef WEIR_CLOCK_H
#define WEIR_CLOCK_H
#include <stdint.h>

#define WEIR_NS_PER_S   INT64_C(1000000000)
#define WEIR_NS_PER_MS  INT64_C(1000000)
#define WEIR_NS_PER_US  INT64_C(1000)
#define WEIR_NS_PER_DAY (86400 * WEIR_NS_PER_S)

/* CLOCK_MONOTONIC: for scheduling. */
int64_t WeirMonoNs(void);

/* CLOCK_REALTIME, nanoseconds since 1970 UTC: for stamps that leave the machine. */
int64_t WeirRealNs(void);

/* Seconds as a double to nanoseconds, rounded, saturated at +-292 years; NaN gives 0. */
int64_t WeirSecondsToNs(double seconds);

#endif
