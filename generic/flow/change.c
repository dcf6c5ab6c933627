#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "flow/flowInt.h"

enum { KEPT_NOTES = 1000 };

/* ------------------------------------------------------------ values */

static int AddNote(WeirChange *c, const char *text)
{
    size_t bytes = strlen(text) + 1;
    c->note = malloc(sizeof *c->note + bytes);
    if (!c->note)
        return WEIR_E_MEMORY;
    memcpy(c->note->text, text, bytes);
    c->note->next = NULL;
    return WEIR_OK;
}

int WeirChangeNew(const WeirFlowSpec *spec, unsigned given, int64_t atNs,
                  const char *text, WeirChange **out, WeirErr *err)
{
    WeirChange *c = calloc(1, sizeof *c);
    *out = c;
    WeirFail(err, WEIR_E_MEMORY, "out of memory");
    if (c && AddNote(c, text) == 0 &&
        (!(given & WEIR_CHANGE_RATE) || WeirFlowSpecPace(spec, &c->pace, err) == 0)) {
        c->atNs = atNs;
        c->given = given;
        c->idt = given & WEIR_CHANGE_IDT ? WeirDistRef(spec->idt) : NULL;
        c->ps = given & WEIR_CHANGE_PS ? WeirDistRef(spec->ps) : NULL;
        c->durationNs = spec->durationNs;
        c->packets = spec->packets;
        c->bytes = spec->bytes;
        c->spinNs = spec->spinNs;
        return WEIR_OK;
    }
    WeirChangeFree(c);
    *out = NULL;
    return err->code;
}

static void Share(WeirDist *d)
{
    if (d)
        WeirDistRef(d);
}

static WeirChange *Copy(const WeirChange *from)
{
    WeirChange *c = malloc(sizeof *c);
    if (!c)
        return NULL;
    *c = *from;
    c->next = NULL;
    Share(c->idt);
    Share(c->ps);
    Share(c->pace);
    if (AddNote(c, from->note->text) == 0)
        return c;
    WeirChangeFree(c);
    return NULL;
}

void WeirChangeFree(WeirChange *c)
{
    if (!c)
        return;
    WeirDistUnref(c->idt);
    WeirDistUnref(c->ps);
    WeirDistUnref(c->pace);
    free(c->note);
    free(c);
}

void WeirChangesFree(WeirChange *list)
{
    WeirChange *next;
    for (; list; list = next) {
        next = list->next;
        WeirChangeFree(list);
    }
}

int WeirChangesCopy(const WeirChange *list, WeirChange **out, WeirErr *err)
{
    WeirChange **tail = out;
    for (*out = NULL; list; list = list->next, tail = &(*tail)->next) {
        *tail = Copy(list);
        if (!*tail) {
            WeirChangesFree(*out);
            *out = NULL;
            return WeirFail(err, WEIR_E_MEMORY, "out of memory");
        }
    }
    return WEIR_OK;
}

/* ------------------------------------------------------------ when one begins */

/* "SECONDS OPTIONS" on the way to the owner.  Call with the lock held. */
static void PostNote(WeirFlow *f, const WeirChangeNote *note)
{
    size_t room = strlen(note->text) + 32;
    char *text = malloc(room);
    if (!text) /* the figures have it as well */
        return;
    snprintf(text, room, "%.9f %s", (double)note->atNs / 1e9, note->text);
    WeirFlowPost(f, WEIR_FLOW_EV_CHANGED, text);
    free(text);
}

/* Among the figures, where the latest are kept.  Call with the lock held. */
static void Keep(WeirFlow *f, WeirChangeNote *note)
{
    WeirChangeNote **tail = &f->notes;
    if (f->noteCount == KEPT_NOTES) {
        WeirChangeNote *oldest = f->notes;
        f->notes = oldest->next;
        free(oldest);
        f->noteCount--;
    }
    while (*tail)
        tail = &(*tail)->next;
    *tail = note;
    f->noteCount++;
}

void WeirChangeBegun(void *flow, WeirChange *c)
{
    WeirFlow *f = flow;
    WeirChangeNote *note = c->note;
    int64_t agoNs = WeirMonoNs() - (f->schedule.beginNs + c->atNs);
    WeirErr err;
    c->note = NULL;
    note->atNs = c->atNs;
    if (f->lane &&
        WeirLogAddNote(f->log, f->logFlow, WeirRealNs() - agoNs, note->text, &err) < 0)
        WeirFlowBlame(f, &err);
    pthread_mutex_lock(&f->lock);
    if (c->given & WEIR_CHANGE_SPIN)
        f->spinNs = f->send.timer.spinNs = c->spinNs;
    PostNote(f, note);
    Keep(f, note);
    pthread_mutex_unlock(&f->lock);
}

/* ------------------------------------------------------------ from the owner to the
 * worker
 */

/* What is handed over, with a reference to the flow. */
typedef struct Handover {
    WeirFlow *flow;
    WeirChange *changes;
} Handover;

/* A flow whose last packet is drawn takes no more changes. */
static bool TakesChanges(const WeirFlow *f)
{
    return f->send.phase <= WEIR_SEND_RUNNING;
}

static void LookAgain(WeirFlow *f)
{
    if (f->send.phase == WEIR_SEND_RUNNING && !f->send.blocked)
        WeirTimerSet(f->worker, &f->send.timer, 0);
}

static void TakeChange(void *arg)
{
    Handover *h = arg;
    WeirFlow *f = h->flow;
    if (TakesChanges(f)) {
        h->changes->atNs = WeirScheduleAge(&f->schedule, h->changes->atNs);
        WeirScheduleAdd(&f->schedule, h->changes);
        LookAgain(f);
    } else {
        WeirChangeFree(h->changes);
    }
    WeirFlowUnref(f);
    free(h);
}

static void TakePlan(void *arg)
{
    Handover *h = arg;
    WeirFlow *f = h->flow;
    if (TakesChanges(f)) {
        WeirSchedulePlan(&f->schedule, h->changes);
        LookAgain(f);
    } else {
        WeirChangesFree(h->changes);
    }
    WeirFlowUnref(f);
    free(h);
}

static int HandOver(WeirFlow *f, void (*take)(void *), WeirChange *changes, WeirErr *err)
{
    Handover *h = malloc(sizeof *h);
    if (!h) {
        WeirChangesFree(changes);
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    }
    h->flow = WeirFlowRef(f);
    h->changes = changes;
    WeirWorkerPost(f->worker, take, h);
    return WEIR_OK;
}

int WeirFlowChange(WeirFlow *f, const WeirFlowSpec *spec, unsigned given,
                   const char *text, WeirErr *err)
{
    WeirChange *c;
    if (WeirChangeNew(spec, given, WeirMonoNs(), text, &c, err) < 0)
        return err->code;
    return HandOver(f, TakeChange, c, err);
}

/* The state and, once the run has begun, when that was. */
static WeirFlowState StateOf(WeirFlow *f, int64_t *beginNs)
{
    WeirFlowState state;
    pthread_mutex_lock(&f->lock);
    state = f->state;
    if (state == WEIR_FLOW_RUNNING)
        *beginNs = f->schedule.beginNs;
    pthread_mutex_unlock(&f->lock);
    return state;
}

int WeirFlowPlan(WeirFlow *f, const WeirChange *plan, WeirErr *err)
{
    int64_t beginNs, ageNs;
    WeirFlowState state = StateOf(f, &beginNs);
    WeirChange *copy;
    if (state == WEIR_FLOW_RUNNING && plan) {
        ageNs = WeirMonoNs() - beginNs;
        if (plan->atNs <= ageNs)
            return WeirFail(err, WEIR_E_STATE,
                            "the flow began %.3f s ago and %.9g s is past: give times "
                            "that are to come",
                            (double)ageNs / 1e9, (double)plan->atNs / 1e9);
    }
    if (WeirChangesCopy(plan, &copy, err) < 0)
        return err->code;
    if (state != WEIR_FLOW_IDLE)
        return HandOver(f, TakePlan, copy, err);
    WeirSchedulePlan(&f->schedule, copy);
    return WEIR_OK;
}

void WeirFlowChanges(WeirFlow *f,
                     void (*visit)(void *arg, double seconds, const char *text),
                     void *arg)
{
    const WeirChangeNote *note;
    pthread_mutex_lock(&f->lock);
    for (note = f->notes; note; note = note->next)
        visit(arg, (double)note->atNs / 1e9, note->text);
    pthread_mutex_unlock(&f->lock);
}
