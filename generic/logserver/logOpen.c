#include "config.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "logserver/logName.h"
#include "logserver/logOpen.h"
#include "thread.h"

enum { MAX_OPENINGS = 400 }; /* as many logs as a receiver or a log server has */

static atomic_int openings; /* threads, also of those that were let go */

struct WeirLogOpening {
    /* Fixed by Begin. */
    char *path, *name;
    WeirLogFormat format;
    const void *owner;
    pthread_mutex_t lock; /* guards the rest */
    bool done, forgotten; /* the second one frees it */
    int rc;
    WeirErr err;
    WeirLog *log;
};

static void Free(WeirLogOpening *o)
{
    WeirLogLeave(o->log);
    pthread_mutex_destroy(&o->lock);
    free(o->path);
    free(o->name);
    free(o);
}

static void *Run(void *arg)
{
    WeirLogOpening *o = arg;
    WeirLog *log = NULL;
    WeirErr err;
    int rc = WeirLogNameCheck(o->path, o->name, &err);
    bool forgotten;
    if (rc == 0)
        rc = WeirLogOpen(o->path, o->format, 0, o->owner, &log, &err);
    pthread_mutex_lock(&o->lock);
    o->done = true;
    o->log = log;
    o->rc = rc;
    if (rc < 0)
        o->err = err;
    forgotten = o->forgotten;
    pthread_mutex_unlock(&o->lock);
    if (forgotten)
        Free(o);
    atomic_fetch_sub(&openings, 1);
    return NULL;
}

WeirLogOpening *WeirLogOpenBegin(const char *path, const char *name, WeirLogFormat format,
                                 const void *owner, WeirErr *err)
{
    WeirLogOpening *o = NULL;
    pthread_t thread;
    int rc = 0;
    if (atomic_fetch_add(&openings, 1) >= MAX_OPENINGS) {
        WeirFail(err, WEIR_E_LIMIT,
                 "%d logs are being opened on disks that do not answer", MAX_OPENINGS);
        atomic_fetch_sub(&openings, 1);
        return NULL;
    }
    o = calloc(1, sizeof *o);
    if (o) {
        pthread_mutex_init(&o->lock, NULL);
        o->path = strdup(path);
        o->name = strdup(name);
        o->format = format;
        o->owner = owner;
    }
    if (o && o->path && o->name) {
        rc = WeirThreadStart(&thread, "weir-open", Run, o);
        if (rc == 0) {
            pthread_detach(thread);
            return o;
        }
    }
    if (rc)
        WeirFailErrno(err, rc, "cannot start a thread to open log \"%.200s\"", path);
    else
        WeirFail(err, WEIR_E_MEMORY, "out of memory");
    if (o)
        Free(o);
    atomic_fetch_sub(&openings, 1);
    return NULL;
}

int WeirLogOpenResult(WeirLogOpening *o, WeirLog **out, WeirErr *err)
{
    bool done;
    int rc;
    pthread_mutex_lock(&o->lock);
    done = o->done;
    pthread_mutex_unlock(&o->lock);
    if (!done)
        return 0;
    rc = o->rc;
    if (rc < 0)
        *err = o->err;
    *out = o->log;
    o->log = NULL;
    Free(o);
    return rc < 0 ? rc : 1;
}

void WeirLogOpenForget(WeirLogOpening *o)
{
    bool done;
    if (!o)
        return;
    pthread_mutex_lock(&o->lock);
    o->forgotten = true;
    done = o->done;
    pthread_mutex_unlock(&o->lock);
    if (done)
        Free(o);
}
