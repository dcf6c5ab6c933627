#include "config.h"
#include <math.h>
#include "stat/moments.h"

void WeirMomentsAdd(WeirMoments *m, double x)
{
    double delta = x - m->mean;
    if (m->count == 0)
        m->min = m->max = x;
    m->min = fmin(m->min, x);
    m->max = fmax(m->max, x);
    m->count++;
    m->mean += delta / (double)m->count;
    m->m2 += delta * (x - m->mean);
}

void WeirMomentsMerge(WeirMoments *into, const WeirMoments *from)
{
    double delta = from->mean - into->mean, n;
    if (from->count == 0)
        return;
    if (into->count == 0) {
        *into = *from;
        return;
    }
    n = (double)into->count + (double)from->count;
    into->m2 += from->m2 + delta * delta * (double)into->count * (double)from->count / n;
    into->mean += delta * (double)from->count / n;
    into->count += from->count;
    into->min = fmin(into->min, from->min);
    into->max = fmax(into->max, from->max);
}

double WeirMomentsVariance(const WeirMoments *m)
{
    return m->count ? m->m2 / (double)m->count : NAN;
}

double WeirMomentsStddev(const WeirMoments *m)
{
    return sqrt(WeirMomentsVariance(m));
}

double WeirMomentsMean(const WeirMoments *m)
{
    return m->count ? m->mean : NAN;
}

double WeirMomentsMin(const WeirMoments *m)
{
    return m->count ? m->min : NAN;
}

double WeirMomentsMax(const WeirMoments *m)
{
    return m->count ? m->max : NAN;
}
