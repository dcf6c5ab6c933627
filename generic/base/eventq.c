#include "config.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/eventq.h"

enum { MAX_EVENTS = 65536 };

struct WeirEventQueue {
    pthread_mutex_t lock; /* guards first, last and count */
    WeirEvent *first, *last;
    int count;
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

void WeirEventPost(WeirEventQueue *queue, void *owner, int kind, int detail,
                   const char *text)
{
    size_t room = strlen(text ? text : "") + 1;
    WeirEvent *event = calloc(1, sizeof *event + room);
    int wasEmpty;
    if (!event)
        return;
    event->owner = owner;
    event->kind = kind;
    event->detail = detail;
    memcpy(event->text, text ? text : "", room);
    pthread_mutex_lock(&queue->lock);
    if (queue->count == MAX_EVENTS) {
        pthread_mutex_unlock(&queue->lock);
        free(event);
        return;
    }
    queue->count++;
    wasEmpty = !queue->first;
    if (wasEmpty)
        queue->first = event;
    else
        queue->last->next = event;
    queue->last = event;
    if (wasEmpty && queue->notify)
        queue->notify(queue->notifyArg);
    pthread_mutex_unlock(&queue->lock);
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
