/* plot: points from logs, and from running objects as time goes by. */
#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "plot/plotShareCmd.h"
#include "tcl/source.h"

/* ------------------------------------------------------------ logs */

typedef struct Taker {
    WeirPlotLists *lists;
    size_t room;
    double factor;
} Taker;

static int Take(void *arg, double x, double y)
{
    Taker *taker = arg;
    WeirPlotLists *lists = taker->lists;
    if ((size_t)lists->count == taker->room) {
        size_t room = taker->room ? 2 * taker->room : 4096;
        double *xs = realloc(lists->x, room * sizeof *xs), *ys;
        lists->x = xs ? xs : lists->x;
        ys = realloc(lists->y, room * sizeof *ys);
        lists->y = ys ? ys : lists->y;
        if (!xs || !ys)
            return WEIR_E_MEMORY;
        taker->room = room;
    }
    lists->x[lists->count] = x;
    lists->y[lists->count++] = taker->factor * y;
    return WEIR_OK;
}

int WeirPlotReadLog(Tcl_Interp *interp, const WeirFigure *figure,
                    const WeirPlotPoints *spec, WeirPlotLists *lists)
{
    const WeirSource *source = WeirSourceFind(interp, "log");
    Taker taker = { lists, 0, spec->factor };
    WeirSourceRequest request = { .room = weirPlotRoom,
                                  .from = spec->log,
                                  .key = Tcl_GetString(spec->key),
                                  .flow = spec->flow,
                                  .intervalNs = spec->intervalNs,
                                  .isAbsolute = figure->spec.xscale == WEIR_AXIS_TIME,
                                  .put = Take,
                                  .arg = &taker };
    if (!source)
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_NOSUPPORT,
                           "this interpreter reads no logs");
    if (spec->intervalNs == WEIR_PLOT_PACKET ||
        (spec->intervalNs == WEIR_PLOT_AUTO && spec->curve.style >= WEIR_STYLE_HISTOGRAM))
        request.intervalNs = 0;
    else if (spec->intervalNs == WEIR_PLOT_AUTO)
        request.intervalNs = 100 * WEIR_NS_PER_MS;
    lists->stride = 1;
    return source->read(interp, &request);
}

/* ------------------------------------------------------------ running objects */

/* One key of one object, asked again and again from the event loop. */
typedef struct Sampler {
    struct Sampler *next;
    WeirFigure *figure; /* NULL once the figure is gone */
    Tcl_Interp *interp;
    Tcl_Obj *call, *key; /* {OBJECT stats}, and the words of the key */
    Tcl_TimerToken timer;
    int curve, isRate, isAbsolute;
    int64_t everyNs, dueNs, originNs; /* originNs 0: not begun, or since 1970 */
    double factor, lastX, last;       /* NaN before the first value */
    int wasActive;
    int refs;
    char ended[200]; /* why it asks no more; empty while it does */
} Sampler;

static void Sample(void *data);

static void Release(Sampler *s)
{
    if (--s->refs > 0)
        return;
    Tcl_DecrRefCount(s->call);
    Tcl_DecrRefCount(s->key);
    free(s);
}

/* The figure goes: with all of its samplers. */
static void EndAll(void *feeds)
{
    Sampler *s = feeds, *next;
    for (; s; s = next) {
        next = s->next;
        Tcl_DeleteTimerHandler(s->timer);
        s->figure = NULL;
        Release(s);
    }
}

/* Due times are kept to, so that the rate of sampling does not depend on what else the
 * event loop does; those that were missed are left out. */
static void Arm(Sampler *s)
{
    int64_t nowNs = WeirMonoNs();
    s->dueNs += s->everyNs;
    if (s->dueNs < nowNs)
        s->dueNs = nowNs + s->everyNs;
    s->timer = Tcl_CreateTimerHandler(
        (int)((s->dueNs - nowNs + WEIR_NS_PER_MS - 1) / WEIR_NS_PER_MS), Sample, s);
}

/* What stands under the words of the key in a dict; NULL when there is nothing. */
static Tcl_Obj *Find(Tcl_Obj *dict, Tcl_Obj *key)
{
    Tcl_Obj **word;
    Tcl_Size count, i;
    if (Tcl_ListObjGetElements(NULL, key, &count, &word) != TCL_OK)
        return NULL;
    for (i = 0; i < count && dict; i++)
        if (Tcl_DictObjGet(NULL, dict, word[i], &dict) != TCL_OK)
            return NULL;
    return dict;
}

/* Whether the object is at work; one that tells no state always is. */
static int IsActive(Tcl_Obj *stats)
{
    static const char *const resting[] = { "idle", "connecting", "ready", "done",
                                           "failed" };
    Tcl_Obj *word = Tcl_NewStringObj("state", -1), *state;
    size_t i;
    Tcl_IncrRefCount(word);
    state = Find(stats, word);
    Tcl_DecrRefCount(word);
    for (i = 0; state && i < sizeof resting / sizeof *resting; i++)
        if (strcmp(Tcl_GetString(state), resting[i]) == 0)
            return 0;
    return 1;
}

/* The first value of any sampler of the figure: their common time begins. */
static void Begin(const WeirFigure *figure, int64_t nowNs)
{
    Sampler *s;
    for (s = figure->feeds; s; s = s->next)
        if (!s->isAbsolute)
            s->originNs = nowNs;
}

/* One value into the curve; -rate: the change since the last one, per second. */
static void Put(Sampler *s, double value)
{
    int64_t nowNs = s->isAbsolute ? WeirRealNs() : WeirMonoNs();
    WeirSample sample = { 0, value, NAN, NAN };
    if (!s->isAbsolute && s->originNs == 0)
        Begin(s->figure, nowNs);
    sample.x = (double)(nowNs - s->originNs) / 1e9;
    if (s->isRate)
        sample.y = sample.x > s->lastX ? (value - s->last) / (sample.x - s->lastX) : NAN;
    sample.y *= s->factor;
    if (!(s->isRate && isnan(s->last)) &&
        WeirFigureAppend(s->figure, s->curve, &sample) < 0)
        snprintf(s->ended, sizeof s->ended, "out of memory");
    s->last = value;
    s->lastX = sample.x;
}

/* The curve is interrupted from its last value on. */
static void PutGap(Sampler *s)
{
    WeirSample gap = { s->lastX, NAN, NAN, NAN };
    if (WeirFigureAppend(s->figure, s->curve, &gap) < 0)
        snprintf(s->ended, sizeof s->ended, "out of memory");
    s->last = NAN;
}

/* What the object told.  A pause of its work is a gap in the curve, and what it tells at
 * the end still counts. */
static void Digest(Sampler *s, Tcl_Obj *stats)
{
    Tcl_Obj *found = Find(stats, s->key);
    int isActive = IsActive(stats);
    double value = NAN;
    if (!found) {
        snprintf(s->ended, sizeof s->ended, "there is no key \"%.60s\"",
                 Tcl_GetString(s->key));
        return;
    }
    if (Tcl_GetDoubleFromObj(NULL, found, &value) != TCL_OK)
        value = NAN;
    if (isActive && !s->wasActive && !isnan(s->last))
        PutGap(s);
    if (isActive || s->wasActive)
        Put(s, value);
    s->wasActive = isActive;
}

/* Ask once.  The object's command may do anything, also end the figure. */
static void Ask(Sampler *s)
{
    Tcl_Interp *interp = s->interp;
    Tcl_InterpState state;
    Tcl_Obj *object;
    Tcl_ListObjIndex(NULL, s->call, 0, &object);
    Tcl_Preserve(interp);
    state = Tcl_SaveInterpState(interp, TCL_OK);
    if (!Tcl_GetCommandFromObj(interp, object))
        snprintf(s->ended, sizeof s->ended, "%.150s is gone", Tcl_GetString(object));
    else if (Tcl_EvalObjEx(interp, s->call, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT) != TCL_OK)
        snprintf(s->ended, sizeof s->ended, "%s", Tcl_GetStringResult(interp));
    else if (s->figure)
        Digest(s, Tcl_GetObjResult(interp));
    Tcl_RestoreInterpState(interp, state);
    Tcl_Release(interp);
}

static void Sample(void *data)
{
    Sampler *s = data;
    s->timer = NULL;
    s->refs++;
    Ask(s);
    if (s->figure && !s->ended[0])
        Arm(s);
    Release(s);
}

/* {OBJECT stats}, with the full name: it is called from elsewhere. */
static Tcl_Obj *StatsCall(Tcl_Interp *interp, Tcl_Obj *object)
{
    Tcl_Obj *word[2] = { Tcl_NewObj(), Tcl_NewStringObj("stats", -1) };
    Tcl_GetCommandFullName(interp, Tcl_GetCommandFromObj(interp, object), word[0]);
    return Tcl_NewListObj(2, word);
}

/* Whether what an object tells has a number under the key, or nothing yet. */
static int CheckNumber(Tcl_Interp *interp, const WeirPlotPoints *spec, Tcl_Obj *stats)
{
    Tcl_Obj *found = Find(stats, spec->key);
    double value;
    if (!found)
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                           "there is no key \"%.60s\" in what %.60s stats answers",
                           Tcl_GetString(spec->key), Tcl_GetString(spec->object));
    if (!*Tcl_GetString(found) || Tcl_GetDoubleFromObj(NULL, found, &value) == TCL_OK)
        return TCL_OK;
    return WeirTclFail(interp, weirPlotRoom, WEIR_E_ARG,
                       "key \"%.60s\" of %.60s is no number: it is \"%.60s\"",
                       Tcl_GetString(spec->key), Tcl_GetString(spec->object),
                       Tcl_GetString(found));
}

int WeirPlotKeyCheck(Tcl_Interp *interp, const WeirPlotPoints *spec)
{
    Tcl_InterpState state = Tcl_SaveInterpState(interp, TCL_OK);
    Tcl_Obj *call = StatsCall(interp, spec->object), *stats;
    int rc = TCL_OK;
    Tcl_IncrRefCount(call);
    if (Tcl_EvalObjEx(interp, call, TCL_EVAL_GLOBAL | TCL_EVAL_DIRECT) == TCL_OK) {
        stats = Tcl_GetObjResult(interp);
        Tcl_IncrRefCount(stats);
        rc = CheckNumber(interp, spec, stats);
        Tcl_DecrRefCount(stats);
    }
    Tcl_DecrRefCount(call);
    if (rc == TCL_OK)
        return Tcl_RestoreInterpState(interp, state);
    Tcl_DiscardInterpState(state);
    return rc;
}

/* The common time of the samplers that a figure has already; 0 when it has not begun. */
static int64_t Origin(const WeirFigure *figure)
{
    const Sampler *s = figure->feeds;
    while (s && s->isAbsolute)
        s = s->next;
    return s ? s->originNs : 0;
}

int WeirPlotFollow(Tcl_Interp *interp, WeirFigure *figure, int curve,
                   const WeirPlotPoints *spec)
{
    Sampler *s = calloc(1, sizeof *s), *last = figure->feeds;
    if (!s)
        return WeirTclFail(interp, weirPlotRoom, WEIR_E_MEMORY, "out of memory");
    s->figure = figure;
    s->interp = interp;
    s->call = StatsCall(interp, spec->object);
    s->key = spec->key;
    Tcl_IncrRefCount(s->call);
    Tcl_IncrRefCount(s->key);
    s->curve = curve;
    s->isRate = spec->isRate;
    s->isAbsolute = figure->spec.xscale == WEIR_AXIS_TIME;
    s->everyNs = spec->everyNs;
    s->originNs = s->isAbsolute ? 0 : Origin(figure);
    s->factor = spec->factor;
    s->lastX = s->last = NAN;
    s->refs = 1;
    s->dueNs = WeirMonoNs();
    while (last && last->next)
        last = last->next;
    if (last)
        last->next = s;
    else
        figure->feeds = s;
    figure->endFeeds = EndAll;
    Sample(s);
    return TCL_OK;
}

void WeirPlotFollowed(WeirResult *row, const WeirFigure *figure, int curve)
{
    const Sampler *s;
    for (s = figure->feeds; s; s = s->next)
        if (s->curve == curve) {
            WeirResultText(row, "source", Tcl_GetString(s->call));
            WeirResultText(row, "key", Tcl_GetString(s->key));
            WeirResultText(row, "ended", s->ended);
        }
}
