#include "config.h"
#include <stdlib.h>
#include <unistd.h>
#include "engine/timers.h"

static void Place(WeirTimers *t, size_t i, WeirTimer *timer)
{
    t->heap[i] = timer;
    timer->slot = i + 1;
}

static void SiftUp(WeirTimers *t, size_t i, WeirTimer *timer)
{
    while (i > 0) {
        size_t parent = (i - 1) / 2;
        if (t->heap[parent]->dueNs <= timer->dueNs)
            break;
        Place(t, i, t->heap[parent]);
        i = parent;
    }
    Place(t, i, timer);
}

static void SiftDown(WeirTimers *t, size_t i, WeirTimer *timer)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= t->count)
            break;
        if (child + 1 < t->count && t->heap[child + 1]->dueNs < t->heap[child]->dueNs)
            child++;
        if (timer->dueNs <= t->heap[child]->dueNs)
            break;
        Place(t, i, t->heap[child]);
        i = child;
    }
    Place(t, i, timer);
}

/* A timer that is not kept would stall its owner for ever, so wait for memory. */
static void Grow(WeirTimers *t)
{
    size_t room = t->room ? 2 * t->room : 64;
    WeirTimer **heap;
    while (!(heap = realloc(t->heap, room * sizeof *heap)))
        usleep(1000);
    t->heap = heap;
    t->room = room;
}

void WeirTimersSet(WeirTimers *t, WeirTimer *timer, int64_t dueNs)
{
    timer->dueNs = dueNs;
    if (timer->slot) {
        size_t i = timer->slot - 1;
        if (i > 0 && dueNs < t->heap[(i - 1) / 2]->dueNs)
            SiftUp(t, i, timer);
        else
            SiftDown(t, i, timer);
        return;
    }
    if (t->count == t->room)
        Grow(t);
    SiftUp(t, t->count++, timer);
}

void WeirTimersStop(WeirTimers *t, WeirTimer *timer)
{
    size_t i = timer->slot;
    WeirTimer *last;
    if (i == 0)
        return;
    timer->slot = 0;
    last = t->heap[--t->count];
    if (last == timer)
        return;
    i--;
    if (i > 0 && last->dueNs < t->heap[(i - 1) / 2]->dueNs)
        SiftUp(t, i, last);
    else
        SiftDown(t, i, last);
}

WeirTimer *WeirTimersFirst(const WeirTimers *t)
{
    return t->count ? t->heap[0] : NULL;
}
