#include "config.h"
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "tcl/events.h"
#include "tcl/progress.h"
#include "wake.h"

typedef struct ThreadState {
    WeirEventQueue *queue;
    int fd;
    Tcl_HashTable handlers; /* owner -> WeirEventHandler * */
} ThreadState;

static _Thread_local ThreadState *threadState;

static void RingFd(void *arg)
{
    WeirWakeRing((int)(intptr_t)arg);
}

/* Hand over the oldest event and answer whose it was, NULL when there was none.  While
 * more are queued the descriptor stays readable.  So a handler may run the event loop and
 * see the next ones, and events of an owner that it destroys are gone before another can
 * get that address. */
static void *DeliverNext(ThreadState *state)
{
    WeirEvent *event;
    Tcl_HashEntry *entry;
    void *owner;
    WeirWakeClear(state->fd);
    event = WeirEventTake(state->queue);
    if (!event)
        return NULL;
    owner = event->owner;
    entry = Tcl_FindHashEntry(&state->handlers, owner);
    if (entry) {
        WeirEventHandler *handler = (WeirEventHandler *)Tcl_GetHashValue(entry);
        handler(owner, event);
    }
    free(event);
    return owner;
}

static void Deliver(void *data, int mask)
{
    DeliverNext(data);
}

/* Hand over what is queued by now, up to an event of our own. */
static void DeliverQueued(void)
{
    void *owner, *mark = &owner;
    if (!threadState)
        return;
    WeirEventPost(threadState->queue, mark, 0, 0, NULL);
    do
        owner = DeliverNext(threadState);
    while (owner && owner != mark);
}

static void ThreadExit(void *data)
{
    ThreadState *state = data;
    Tcl_DeleteFileHandler(state->fd);
    Tcl_DeleteHashTable(&state->handlers);
    WeirEventQueueFree(state->queue);
    close(state->fd);
    free(state);
    threadState = NULL;
}

WeirEventQueue *WeirEventsQueue(WeirErr *err)
{
    ThreadState *state = threadState;
    if (state)
        return state->queue;
    state = calloc(1, sizeof *state);
    if (!state)
        return NULL;
    state->fd = WeirWakeOpen(err);
    if (state->fd < 0) {
        free(state);
        return NULL;
    }
    state->queue = WeirEventQueueNew(RingFd, (void *)(intptr_t)state->fd);
    Tcl_InitHashTable(&state->handlers, TCL_ONE_WORD_KEYS);
    Tcl_CreateFileHandler(state->fd, TCL_READABLE, Deliver, state);
    Tcl_CreateThreadExitHandler(ThreadExit, state);
    threadState = state;
    return state->queue;
}

void WeirEventsExpect(void *owner, WeirEventHandler *handler)
{
    int isNew;
    if (threadState)
        Tcl_SetHashValue(Tcl_CreateHashEntry(&threadState->handlers, owner, &isNew),
                         (void *)handler);
}

void WeirEventsForget(void *owner)
{
    Tcl_HashEntry *entry;
    if (!threadState)
        return;
    entry = Tcl_FindHashEntry(&threadState->handlers, owner);
    if (entry)
        Tcl_DeleteHashEntry(entry);
    WeirEventPurge(threadState->queue, owner);
}

static void MarkTimeout(void *data)
{
    *(int *)data = 1;
}

/* Telling how far a wait is. */
typedef struct Telling {
    void (*tell)(void *arg, WeirProgress *progress);
    void *arg;
    Tcl_TimerToken timer;
} Telling;

enum { TELL_MS = 200 };

static void TellAgain(void *data)
{
    Telling *telling = data;
    WeirProgress progress = { "", 0, 0, 0, NULL };
    telling->tell(telling->arg, &progress);
    WeirProgressTell(&progress, NULL); /* the wait itself looks for an interrupt */
    telling->timer = Tcl_CreateTimerHandler(TELL_MS, TellAgain, telling);
}

int WeirEventsWait(Tcl_Interp *interp, int (*done)(void *arg), void *arg,
                   int64_t timeoutNs)
{
    Tcl_TimerToken timer = NULL;
    int late = timeoutNs == 0, rc = TCL_OK;
    if (timeoutNs > 0) {
        int64_t ms = (timeoutNs + WEIR_NS_PER_MS - 1) / WEIR_NS_PER_MS;
        timer =
            Tcl_CreateTimerHandler(ms > INT_MAX ? INT_MAX : (int)ms, MarkTimeout, &late);
    }
    while (!done(arg)) {
        if (late) {
            rc = TCL_CONTINUE;
            break;
        }
        if (Tcl_Canceled(interp, TCL_LEAVE_ERR_MSG) == TCL_ERROR) {
            rc = TCL_ERROR;
            break;
        }
        if (Tcl_LimitExceeded(interp)) {
            Tcl_SetObjResult(interp, Tcl_NewStringObj("limit exceeded", -1));
            rc = TCL_ERROR;
            break;
        }
        Tcl_DoOneEvent(TCL_ALL_EVENTS);
    }
    if (timer && !late)
        Tcl_DeleteTimerHandler(timer);
    if (rc == TCL_OK)
        DeliverQueued();
    if (rc != TCL_ERROR)
        Tcl_ResetResult(interp); /* what handlers left */
    return rc;
}

static int WaitTelling(Tcl_Interp *interp, int (*done)(void *arg),
                       void (*tell)(void *arg, WeirProgress *progress), void *arg,
                       int64_t timeoutNs)
{
    Telling telling = { tell, arg, NULL };
    int rc;
    if (tell && timeoutNs != 0 && WeirProgressWanted(interp))
        telling.timer = Tcl_CreateTimerHandler(0, TellAgain, &telling);
    rc = WeirEventsWait(interp, done, arg, timeoutNs);
    Tcl_DeleteTimerHandler(telling.timer);
    return rc;
}

static int InCoroutine(Tcl_Interp *interp)
{
    int in = Tcl_EvalEx(interp, "::info coroutine", -1, 0) == TCL_OK &&
             *Tcl_GetString(Tcl_GetObjResult(interp));
    Tcl_ResetResult(interp);
    return in;
}

/* ::weir::Await RETRY TIMEOUTMS is in library/weir.tcl. */
static int Yield(Tcl_Interp *interp, Tcl_Obj *retry, int64_t timeoutNs)
{
    Tcl_Obj *words[3];
    words[0] = Tcl_NewStringObj("::weir::Await", -1);
    words[1] = retry;
    words[2] = Tcl_NewWideIntObj(timeoutNs < 0 ? -1 : timeoutNs / WEIR_NS_PER_MS);
    return Tcl_NREvalObj(interp, Tcl_NewListObj(3, words), 0);
}

int WeirEventsWaitCommand(Tcl_Interp *interp, const char *room, int (*done)(void *arg),
                          void (*tell)(void *arg, WeirProgress *progress), void *arg,
                          int64_t timeoutNs, Tcl_Obj *retry)
{
    int rc;
    Tcl_IncrRefCount(retry);
    if (timeoutNs != 0 && !done(arg) && InCoroutine(interp))
        rc = Yield(interp, retry, timeoutNs);
    else
        rc = WaitTelling(interp, done, tell, arg, timeoutNs);
    Tcl_DecrRefCount(retry);
    if (rc == TCL_CONTINUE)
        return WeirTclFail(interp, room, WEIR_E_TIMEOUT, "not done after %g s",
                           (double)timeoutNs / 1e9);
    return rc;
}
