/* The signal handler only notes the signal and posts a semaphore.  A thread that waits
 * for it calls Tcl_AsyncMark, which takes locks and so must not be called by a handler;
 * Tcl then calls CancelScript in the interpreter's thread between two commands or events.
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
static int64_t pendingNs; /* touched by the handler only; the signals block each other */
static sem_t arrived;

static pthread_mutex_t markLock = PTHREAD_MUTEX_INITIALIZER; /* guards asyncToken */
static Tcl_AsyncHandler asyncToken; /* NULL once the program exits */

static void OnSignal(int number)
{
    struct timespec now;
    int64_t nowNs;
    int saved = errno;
    clock_gettime(CLOCK_MONOTONIC, &now);
    nowNs = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    if (!pending) {
        pending = number;
        pendingNs = nowNs;
    } else if (nowNs - pendingNs > SAME_NS) {
        _exit(128 + number);
    }
    sem_post(&arrived);
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

/* In the Tcl thread, at a safe point. */
static int CancelScript(void *data, Tcl_Interp *current, int code)
{
    Tcl_CancelEval(data, Tcl_NewStringObj("interrupted", -1), NULL, TCL_CANCEL_UNWIND);
    return code;
}

static void ForgetToken(void *data)
{
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
    asyncToken = Tcl_AsyncCreate(CancelScript, interp);
    Tcl_CreateExitHandler(ForgetToken, NULL);
    memset(&action, 0, sizeof action);
    action.sa_handler = OnSignal;
    for (i = 0; i < sizeof caught / sizeof *caught; i++)
        sigaddset(&action.sa_mask, caught[i]);
    for (i = 0; i < sizeof caught / sizeof *caught; i++)
        if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
}

int WeirInterruptPending(void)
{
    return pending;
}

void WeirInterruptClear(void)
{
    pending = 0;
}
