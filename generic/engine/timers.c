#include "config.h"
#include <stdlib.h>
#include <unistd.h>
#include "engine/timers.h"

enum { CHILDREN = 4 };

typedef struct WeirTimerPlace Place;

static void Put(WeirTimers *t, size_t i, Place place)
{
    t->heap[i] = place;
    place.timer->slot = i + 1;
}

static size_t Parent(size_t i)
{
    return (i - 1) / CHILDREN;
}

static void SiftUp(WeirTimers *t, size_t i, Place place)
{
    while (i > 0 && place.dueNs < t->heap[Parent(i)].dueNs) {
        Put(t, i, t->heap[Parent(i)]);
        i = Parent(i);
    }
    Put(t, i, place);
}

/* The earliest child of place i; `count` when it has none. */
static size_t EarliestChild(const WeirTimers *t, size_t i)
{
    size_t best = CHILDREN * i + 1, end = best + CHILDREN, child;
    if (best >= t->count)
        return t->count;
    if (end > t->count)
        end = t->count;
    for (child = best + 1; child < end; child++)
        if (t->heap[child].dueNs < t->heap[best].dueNs)
            best = child;
    return best;
}

static void SiftDown(WeirTimers *t, size_t i, Place place)
{
    size_t child;
    while ((child = EarliestChild(t, i)) < t->count &&
           t->heap[child].dueNs < place.dueNs) {
        Put(t, i, t->heap[child]);
        i = child;
    }
    Put(t, i, place);
}

/* Place i is free for another timer, or for the same with another deadline. */
static void Settle(WeirTimers *t, size_t i, Place place)
{
    if (i > 0 && place.dueNs < t->heap[Parent(i)].dueNs)
        SiftUp(t, i, place);
    else
        SiftDown(t, i, place);
}

/* A timer that is not kept would stall its owner for ever, so wait for memory. */
static void Grow(WeirTimers *t)
{
    size_t room = t->room ? 2 * t->room : 64;
    Place *heap;
    while (!(heap = realloc(t->heap, room * sizeof *heap)))
        usleep(1000);
    t->heap = heap;
    t->room = room;
}

void WeirTimersSet(WeirTimers *t, WeirTimer *timer, int64_t dueNs)
{
    Place place = { dueNs, timer };
    timer->dueNs = dueNs;
    if (timer->slot) {
        Settle(t, timer->slot - 1, place);
        return;
    }
    if (t->count == t->room)
        Grow(t);
    SiftUp(t, t->count++, place);
}

void WeirTimersStop(WeirTimers *t, WeirTimer *timer)
{
    size_t i = timer->slot;
    if (i == 0)
        return;
    timer->slot = 0;
    if (i - 1 < --t->count)
        Settle(t, i - 1, t->heap[t->count]);
}

WeirTimer *WeirTimersFirst(const WeirTimers *t)
{
    return t->count ? t->heap[0].timer : NULL;
}
