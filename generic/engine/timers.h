/* A heap of timers, earliest first.  Four children to a place and the deadlines beside
 * the pointers: with thousands of timers a step down reads one cache line or two, and no
 * timer. */
#ifndef WEIR_TIMERS_H
#define WEIR_TIMERS_H
#include "engine/engine.h"

typedef struct WeirTimers {
    struct WeirTimerPlace {
        int64_t dueNs;
        WeirTimer *timer;
    } * heap;
    size_t count, room;
} WeirTimers;

void WeirTimersSet(WeirTimers *timers, WeirTimer *timer, int64_t dueNs);
void WeirTimersStop(WeirTimers *timers, WeirTimer *timer);
WeirTimer *WeirTimersFirst(const WeirTimers *timers); /* NULL when empty */

#endif
