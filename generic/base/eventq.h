/* The one queue from engine threads to the Tcl thread.  Rare control events only (a flow
 * started, finished, failed); packets never pass here.  Any thread may post; one thread
 * takes.  `notify` is called after a post into an empty queue, to wake the taker. */
#ifndef WEIR_EVENTQ_H
#define WEIR_EVENTQ_H

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

/* Copies text (NULL means empty).  An event that finds no memory, or 65,536 untaken ones
 * (a taker that is busy while a peer floods a receiver), is dropped; states that matter
 * are also in the owner's stats. */
void WeirEventPost(WeirEventQueue *queue, void *owner, int kind, int detail,
                   const char *text);

/* The oldest event, to be freed with free(), or NULL; `notify` is called when more wait.
 * One at a time, so that what a handler does to the queue (WeirEventPurge) holds for all
 * that it has not seen. */
WeirEvent *WeirEventTake(WeirEventQueue *queue);

/* Remove what is queued for an owner that goes away. */
void WeirEventPurge(WeirEventQueue *queue, void *owner);

#endif
