#include "config.h"
#include <math.h>
#include "plot/series.h"

/* The run of points in the present pixel column that has not been visited yet. */
typedef struct Column {
    double number;
    WeirPoint first, low, high, last;
    size_t length, lowAt, highAt; /* points in the run, places of the extremes in it */
    int gapKept;                  /* a gap was visited in this column */
    int gapWaits;                 /* another one was seen after the run's last point */
    double gapX;                  /* where that begins */
    WeirSeriesVisitor *visit;
    void *arg;
} Column;

static void EndRun(Column *c)
{
    int lowFirst = c->lowAt < c->highAt;
    size_t at[2] = { lowFirst ? c->lowAt : c->highAt, lowFirst ? c->highAt : c->lowAt };
    WeirPoint inner[2] = { lowFirst ? c->low : c->high, lowFirst ? c->high : c->low };
    int i;
    if (c->length == 0)
        return;
    c->visit(c->arg, c->first.x, c->first.y);
    for (i = 0; i < 2; i++)
        if (at[i] > 0 && at[i] < c->length - 1)
            c->visit(c->arg, inner[i].x, inner[i].y);
    if (c->length > 1)
        c->visit(c->arg, c->last.x, c->last.y);
    c->length = 0;
}

static void EndColumn(Column *c)
{
    EndRun(c);
    if (c->gapWaits)
        c->visit(c->arg, c->gapX, NAN);
    c->gapWaits = c->gapKept = 0;
}

static void AddGap(Column *c, double x)
{
    if (c->length > 0 && !c->gapKept) {
        EndRun(c);
        c->visit(c->arg, x, NAN);
        c->gapKept = 1;
    } else if (c->length > 0 && !c->gapWaits) {
        c->gapWaits = 1;
        c->gapX = x;
    }
}

static void AddRun(Column *c, const WeirRun *run, size_t length)
{
    if (c->length == 0)
        c->first = *run->first;
    if (c->length == 0 || run->low->y < c->low.y) {
        c->low = *run->low;
        c->lowAt = c->length + (size_t)(run->low - run->first);
    }
    if (c->length == 0 || run->high->y > c->high.y) {
        c->high = *run->high;
        c->highAt = c->length + (size_t)(run->high - run->first);
    }
    c->last = *run->last;
    c->length += length;
    c->gapWaits = 0;
}

/* The pixel column of a point; NaN for a gap. */
static double Number(const WeirAxis *xAxis, int columns, const WeirPoint *p)
{
    return isnan(p->y) ? NAN : floor(WeirAxisAt(xAxis, p->x) * columns);
}

void WeirSeriesDecimate(const WeirSeries *s, const WeirAxis *xAxis, int columns,
                        WeirSeriesVisitor *visit, void *arg)
{
    Column c = { .number = -2, .visit = visit, .arg = arg };
    size_t i, to, length;
    if (!WeirSeriesOrdered(s)) {
        WeirSeriesVisit(s, xAxis->lo, xAxis->hi, visit, arg);
        return;
    }
    for (WeirSeriesWindow(s, xAxis->lo, xAxis->hi, &i, &to); i < to; i += length) {
        WeirRun run;
        double number;
        length = WeirSeriesRun(s, i, to, to, &run);
        number = Number(xAxis, columns, run.first);
        while (length > 1 && number != Number(xAxis, columns, run.last))
            length = WeirSeriesRun(s, i, to, length - 1, &run);
        if (isnan(number)) {
            AddGap(&c, run.first->x);
            continue;
        }
        if (number != c.number) {
            EndColumn(&c);
            c.number = number;
        }
        AddRun(&c, &run, length);
    }
    EndColumn(&c);
}
