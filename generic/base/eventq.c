#include "config.h"
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/eventq.h"

struct WeirEventQueue {
    pthread_mutex_t lock; /* guards first, last and count */
    WeirEvent *first, *last;
    int64_t count;
    void (*notify)(void *);
    void *notifyArg;
};

WeirEventQueue *WeirEventQueueNew(void (*notify)(void *), void *notifyArg)
{
    WeirEventQueue *queue = calloc(1, sizeof *queue);
    if (queue) {
        pthread_mutex_init(&queue->lock, NULL);
        queue->notify = notify;
        queue->notifyArg = notifyArg;
    }
    return queue;
}

void WeirEventQueueFree(WeirEventQueue *queue)
{
    WeirEvent *event;
    if (!queue)
        return;
    while ((event = queue->first)) {
        queue->first = event->next;
        free(event);
    }
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

static WeirEvent *NewEvent(void *owner, int kind, int detail, const char *text)
{
    size_t room = strlen(text ? text : "") + 1;
    WeirEvent *event = calloc(1, sizeof *event + room);
    if (!event)
        return NULL;
    event->owner = owner;
    event->kind = kind;
    event->detail = detail;
    memcpy(event->text, text ? text : "", room);
    return event;
}

/* Consumes the event; false when so many wait already. */
static bool Append(WeirEventQueue *queue, WeirEvent *event, int64_t limit)
{
    bool wasEmpty, full;
    pthread_mutex_lock(&queue->lock);
    wasEmpty = !queue->first;
    full = queue->count >= limit;
    if (!full) {
        queue->count++;
        if (wasEmpty)
            queue->first = event;
        else
            queue->last->next = event;
        queue->last = event;
        if (wasEmpty && queue->notify)
            queue->notify(queue->notifyArg);
    }
    pthread_mutex_unlock(&queue->lock);
    if (full)
        free(event);
    return !full;
}

void WeirEventPost(WeirEventQueue *queue, void *owner, int kind, int detail,
                   const char *text)
{
    WeirEvent *event;
    while (!(event = NewEvent(owner, kind, detail, text)))
        usleep(1000);
    Append(queue, event, INT64_MAX);
}

void WeirEventOffer(WeirEventQueue *queue, void *owner, int kind, int detail,
                    const char *text, WeirEventGap *gap)
{
    WeirEvent *event = NewEvent(owner, kind, detail, text);
    if (event && Append(queue, event, WEIR_EVENTS_WAITING)) {
        gap->open = false;
        return;
    }
    gap->missed++;
    if (!gap->open)
        WeirEventPost(queue, owner, gap->kind, 0,
                      "events are left out from here on: 65,536 wait for the program, "
                      "which is busy");
    gap->open = true;
}

WeirEvent *WeirEventTake(WeirEventQueue *queue)
{
    WeirEvent *event;
    pthread_mutex_lock(&queue->lock);
    event = queue->first;
    if (event) {
        queue->count--;
        queue->first = event->next;
        if (!queue->first)
            queue->last = NULL;
        else if (queue->notify)
            queue->notify(queue->notifyArg);
    }
    pthread_mutex_unlock(&queue->lock);
    return event;
}

void WeirEventPurge(WeirEventQueue *queue, void *owner)
{
    WeirEvent **link, *event, *last = NULL;
    pthread_mutex_lock(&queue->lock);
    for (link = &queue->first; (event = *link);) {
        if (event->owner == owner) {
            *link = event->next;
            queue->count--;
            free(event);
        } else {
            last = event;
            link = &event->next;
        }
    }
    queue->last = last;
    pthread_mutex_unlock(&queue->lock);
}
