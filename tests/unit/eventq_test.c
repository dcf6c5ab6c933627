/* The queue of events: what has to arrive does, however many strangers' events wait. */
#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/eventq.h"
#include "check.h"

enum { OFTEN, STEP, TOLD };

static int wakes;

static void Wake(void *arg)
{
    wakes++;
}

/* Take all: how many of each kind. */
static void Count(WeirEventQueue *queue, int counts[3])
{
    WeirEvent *event;
    memset(counts, 0, 3 * sizeof *counts);
    while ((event = WeirEventTake(queue))) {
        counts[event->kind]++;
        free(event);
    }
}

static void TestFlood(void)
{
    WeirEventQueue *queue = WeirEventQueueNew(Wake, NULL);
    WeirEventGap gap = { .kind = TOLD };
    int i, counts[3], owner;
    for (i = 0; i < WEIR_EVENTS_WAITING + 500; i++)
        WeirEventOffer(queue, &owner, OFTEN, i, "connected", &gap);
    for (i = 0; i < 1000; i++)
        WeirEventPost(queue, &owner, STEP, i, NULL);
    CHECK(wakes == 1);
    CHECK(gap.missed == 500);
    Count(queue, counts);
    CHECK(counts[OFTEN] == WEIR_EVENTS_WAITING);
    CHECK(counts[STEP] == 1000);
    CHECK(counts[TOLD] == 1);
    WeirEventOffer(queue, &owner, OFTEN, 0, NULL, &gap);
    CHECK(gap.missed == 500 && !gap.open);
    Count(queue, counts);
    CHECK(counts[OFTEN] == 1 && counts[TOLD] == 0);
    WeirEventQueueFree(queue);
}

/* While the taker takes one at a time, what is told of the rest is bounded as well. */
static void TestSlowTaker(void)
{
    WeirEventQueue *queue = WeirEventQueueNew(NULL, NULL);
    WeirEventGap gap = { .kind = TOLD };
    int i, counts[3], owner;
    for (i = 0; i < 3 * WEIR_EVENTS_WAITING; i++) {
        if (i % 3 == 0)
            free(WeirEventTake(queue));
        WeirEventOffer(queue, &owner, OFTEN, i, NULL, &gap);
    }
    Count(queue, counts);
    CHECK(counts[OFTEN] + counts[TOLD] <= WEIR_EVENTS_WAITING + 1);
    WeirEventQueueFree(queue);
}

static void TestPurge(void)
{
    WeirEventQueue *queue = WeirEventQueueNew(NULL, NULL);
    WeirEvent *event;
    int one, other;
    WeirEventPost(queue, &one, STEP, 1, "a");
    WeirEventPost(queue, &other, STEP, 2, "b");
    WeirEventPost(queue, &one, STEP, 3, "c");
    WeirEventPurge(queue, &one);
    WeirEventPost(queue, &one, STEP, 4, "d");
    event = WeirEventTake(queue);
    CHECK(event && event->owner == &other && event->detail == 2);
    free(event);
    event = WeirEventTake(queue);
    CHECK(event && event->detail == 4 && strcmp(event->text, "d") == 0);
    free(event);
    CHECK(WeirEventTake(queue) == NULL);
    WeirEventQueueFree(queue);
}

int main(void)
{
    TestFlood();
    TestSlowTaker();
    TestPurge();
    return failures != 0;
}
