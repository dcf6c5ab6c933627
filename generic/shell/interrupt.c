/* The signal handler only notes the signal and posts a semaphore.  A thread that waits
 * for it calls Tcl_AsyncMark, which takes locks and so must not be called by a handler;
 * Tcl then calls TakeInterrupt in the interpreter's thread between two commands or
 * events.
 */
#include "config.h"
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "shell/interrupt.h"

/* `timeout` and terminals may send one signal twice: what comes this soon is the same
 * one. */
#define SAME_NS 200000000

static const int caught[] = { SIGINT, SIGTERM, SIGHUP };

static volatile sig_atomic_t pending;
static volatile sig_atomic_t taken; /* a handler of the script's has the pending one */
static int64_t pendingNs; /* touched by OnSignal only; the signals block each other */
static sem_t arrived;

static pthread_mutex_t markLock = PTHREAD_MUTEX_INITIALIZER; /* guards asyncToken */
static Tcl_AsyncHandler asyncToken; /* NULL once the program exits */

static void (*idle)(void *data); /* takes signals while no script runs; NULL: none */
static void *idleData;

static int noticed;               /* the signal that cancelled the script; 0: none */
static Tcl_Obj *handler;          /* the script of oninterrupt; NULL: none */
static Tcl_TimerToken handlerDue; /* it is about to run */

static void OnSignal(int number)
{
    struct timespec now;
    int64_t nowNs;
    int saved = errno;
    clock_gettime(CLOCK_MONOTONIC, &now);
    nowNs = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    if (!pending || nowNs - pendingNs > SAME_NS) {
        if (pending && !taken)
            _exit(128 + number);
        pending = number;
        pendingNs = nowNs;
        taken = 0;
        sem_post(&arrived);
    }
    errno = saved;
}

static void *MarkOnSignal(void *arg)
{
    for (;;) {
        while (sem_wait(&arrived) < 0)
            ;
        pthread_mutex_lock(&markLock);
        if (asyncToken)
            Tcl_AsyncMark(asyncToken);
        pthread_mutex_unlock(&markLock);
    }
    return arg;
}

/* From the event loop: the script that asked for it handles the interrupt. */
static void RunHandler(void *data)
{
    Tcl_Interp *interp = data;
    Tcl_Obj *script = handler;
    handler = NULL;
    handlerDue = NULL;
    Tcl_Preserve(interp);
    if (Tcl_EvalObjEx(interp, script, TCL_EVAL_GLOBAL) == TCL_ERROR)
        Tcl_BackgroundException(interp, TCL_ERROR);
    Tcl_DecrRefCount(script);
    Tcl_Release(interp);
}

static void ForgetHandler(void)
{
    if (handler)
        Tcl_DecrRefCount(handler);
    handler = NULL;
    Tcl_DeleteTimerHandler(handlerDue);
    handlerDue = NULL;
}

static int OnInterruptCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    if (objc > 2) {
        Tcl_WrongNumArgs(interp, 1, objv, "?script?");
        return TCL_ERROR;
    }
    if (objc == 1) {
        if (handler)
            Tcl_SetObjResult(interp, handler);
        return TCL_OK;
    }
    ForgetHandler();
    if (*Tcl_GetString(objv[1])) {
        handler = objv[1];
        Tcl_IncrRefCount(handler);
    }
    return TCL_OK;
}

/* In the Tcl thread, at a safe point. */
static int TakeInterrupt(void *data, Tcl_Interp *current, int code)
{
    if (!pending) /* it was noticed before the helper came to mark it */
        return code;
    if (handler && !handlerDue) {
        handlerDue = Tcl_CreateTimerHandler(0, RunHandler, data);
        taken = 1;
        return code;
    }
    noticed = pending;
    if (idle) {
        taken = 1;
        idle(idleData);
        if (current != data)
            return code;
    }
    Tcl_CancelEval(data, Tcl_NewStringObj("interrupted", -1), NULL, TCL_CANCEL_UNWIND);
    return code;
}

static void ForgetToken(void *data)
{
    ForgetHandler();
    pthread_mutex_lock(&markLock);
    asyncToken = NULL;
    pthread_mutex_unlock(&markLock);
}

/* The helper blocks every signal: they shall end the system calls of the script's thread.
 * Returns whether it runs. */
static int StartHelper(void)
{
    pthread_t helper;
    sigset_t all, before;
    int rc;
    sem_init(&arrived, 0, 0);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = pthread_create(&helper, NULL, MarkOnSignal, NULL);
    if (rc == 0)
        pthread_detach(helper);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc == 0;
}

void WeirInterruptCatch(Tcl_Interp *interp)
{
    struct sigaction action, before;
    size_t i;
    if (!StartHelper())
        return;
    asyncToken = Tcl_AsyncCreate(TakeInterrupt, interp);
    Tcl_CreateExitHandler(ForgetToken, NULL);
    Tcl_CreateObjCommand(interp, "::weir::oninterrupt", OnInterruptCmd, NULL, NULL);
    memset(&action, 0, sizeof action);
    action.sa_handler = OnSignal;
    for (i = 0; i < sizeof caught / sizeof *caught; i++)
        sigaddset(&action.sa_mask, caught[i]);
    for (i = 0; i < sizeof caught / sizeof *caught; i++)
        if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
}

void WeirInterruptWhileIdle(void (*proc)(void *data), void *data)
{
    idle = proc;
    idleData = data;
}

int WeirInterruptPending(void)
{
    if (pending && !taken && !handler)
        noticed = pending;
    return noticed;
}

void WeirInterruptClear(void)
{
    pending = 0;
    taken = 0;
    noticed = 0;
}
