/* The one queue from engine threads to the Tcl thread.  Rare control events only (a flow
 * started, finished, failed); packets never pass here.  Any thread may post; one thread
 * takes.  `notify` is called after a post into an empty queue, to wake the taker. */
#ifndef WEIR_EVENTQ_H
#define WEIR_EVENTQ_H
#include <stdbool.h>
#include <stdint.h>

typedef struct WeirEventQueue WeirEventQueue;

typedef struct WeirEvent {
    struct WeirEvent *next;
    void *owner; /* the object that it concerns, never dereferenced by the queue */
    int kind;    /* the owner's own enumeration */
    int detail;  /* a number whose meaning goes with kind */
    char text[]; /* a sentence, or empty */
} WeirEvent;

WeirEventQueue *WeirEventQueueNew(void (*notify)(void *), void *notifyArg);
void WeirEventQueueFree(WeirEventQueue *queue);

enum { WEIR_EVENTS_WAITING = 65536 };

/* An event that has to arrive: a step in the life of something that the program made, so
 * there are as many as that brings.  Copies text (NULL means empty); waits for memory. */
void WeirEventPost(WeirEventQueue *queue, void *owner, int kind, int detail,
                   const char *text);

/* What an owner missed, guarded by the owner. */
typedef struct WeirEventGap {
    int kind;       /* of the event that tells of it, with a sentence */
    bool open;      /* told, and none was taken in since */
    int64_t missed; /* so far */
} WeirEventGap;

/* An event of which strangers cause as many as they like: while WEIR_EVENTS_WAITING wait
 * for a taker that is busy, it is left out, which is counted and told in its place. */
void WeirEventOffer(WeirEventQueue *queue, void *owner, int kind, int detail,
                    const char *text, WeirEventGap *gap);

/* The oldest event, to be freed with free(), or NULL; `notify` is called when more wait.
 * One at a time, so that what a handler does to the queue (WeirEventPurge) holds for all
 * that it has not seen. */
WeirEvent *WeirEventTake(WeirEventQueue *queue);

/* Remove what is queued for an owner that goes away. */
void WeirEventPurge(WeirEventQueue *queue, void *owner);

#endif
