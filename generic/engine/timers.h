/* A binary heap of timers, earliest first. */
#ifndef WEIR_TIMERS_H
#define WEIR_TIMERS_H
#include "engine/engine.h"

typedef struct WeirTimers {
    WeirTimer **heap;
    size_t count, room;
} WeirTimers;

void WeirTimersSet(WeirTimers *timers, WeirTimer *timer, int64_t dueNs);
void WeirTimersStop(WeirTimers *timers, WeirTimer *timer);
WeirTimer *WeirTimersFirst(const WeirTimers *timers); /* NULL when empty */

#endif
