/* What is still at work in the engine's threads, in the whole process: each kind counts
 * itself here, so that the end of a program, or of a receiver in it, can wait. */
#ifndef WEIR_SETTLE_H
#define WEIR_SETTLE_H
#include <stdint.h>

enum {
    WEIR_BUSY_FLOWS = 1,      /* runs that their owner released before their end */
    WEIR_BUSY_CHANNELS = 2,   /* of senders, with those that cool */
    WEIR_BUSY_RECEIVERS = 4,  /* receivers' sessions and flows, and tasks on their way */
    WEIR_BUSY_LOGSERVERS = 8, /* sessions of log servers */
    WEIR_BUSY_KINDS = 4
};

/* One of a kind begins (+1) or has ended (-1).  Any thread. */
void WeirBusy(unsigned kind, int change);

/* Wait until none of these kinds is at work, at most timeoutNs.  Returns how many are
 * left. */
int WeirSettle(unsigned kinds, int64_t timeoutNs);

#endif
