/* Families made of observed values: empirical (any of them at random) and replay (all of
 * them in order, again and again). */
#include "config.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "dist/distInt.h"
#include "dist/words.h"

enum { VALUES_MAX = 10000000 };

/* ------------------------------------------------------------ values */

static int CompareValues(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int WeirDistSetValues(WeirDist *d, double *values, size_t count, WeirErr *err)
{
    d->values = values;
    d->valueCount = count;
    d->sorted = malloc(count * sizeof *values);
    if (!d->sorted)
        return WeirFail(err, WEIR_E_MEMORY, "no memory for %zu values", count);
    memcpy(d->sorted, values, count * sizeof *values);
    qsort(d->sorted, count, sizeof *values, CompareValues);
    return WEIR_OK;
}

int WeirValuesAdd(WeirValues *list, double value, WeirErr *err)
{
    if (list->count == VALUES_MAX)
        return WeirFail(err, WEIR_E_LIMIT, "more than %d values", (int)VALUES_MAX);
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 64;
        double *grown = realloc(list->values, room * sizeof *grown);
        if (!grown)
            return WeirFail(err, WEIR_E_MEMORY, "no memory for %zu values", room);
        list->values = grown;
        list->room = room;
    }
    list->values[list->count++] = value;
    return WEIR_OK;
}

static const char *Trim(char *line)
{
    size_t len = strlen(line);
    while (len > 0 && strchr(" \t\r\n", line[len - 1]))
        len--;
    line[len] = '\0';
    return line + strspn(line, " \t");
}

/* The numbers of an open file, one a line; blank lines are skipped. */
static int ReadLines(FILE *file, const char *path, WeirValues *list, WeirErr *err)
{
    char *line = NULL;
    size_t room = 0;
    long number = 0;
    int rc = WEIR_OK;
    while (rc == WEIR_OK && getline(&line, &room, file) >= 0) {
        const char *text = Trim(line);
        double value;
        number++;
        if (*text == '\0')
            continue;
        if (WeirNumberParse(text, &value))
            rc = WeirValuesAdd(list, value, err);
        else
            rc = WeirFail(err, WEIR_E_PARSE,
                          "line %ld of \"%.100s\" has \"%.40s\": use one number per line",
                          number, path, text);
    }
    if (rc == WEIR_OK && ferror(file))
        rc = WeirFailErrno(err, errno, "cannot read \"%.200s\"", path);
    free(line);
    return rc;
}

int WeirDistReadValues(WeirDist *d, const char *path, WeirErr *err)
{
    WeirValues list = { 0 };
    struct stat status;
    FILE *file;
    int rc;
    if (stat(path, &status) < 0)
        return WeirFailErrno(err, errno, "cannot read \"%.200s\"", path);
    if (!S_ISREG(status.st_mode))
        return WeirFail(err, WEIR_E_ARG, "\"%.200s\" is not a plain file", path);
    file = fopen(path, "re");
    if (!file)
        return WeirFailErrno(err, errno, "cannot read \"%.200s\"", path);
    rc = ReadLines(file, path, &list, err);
    fclose(file);
    if (rc == WEIR_OK && list.count == 0)
        rc = WeirFail(err, WEIR_E_PARSE, "\"%.200s\" holds no number: use one per line",
                      path);
    if (rc == WEIR_OK) {
        d->path = strdup(path);
        return WeirDistSetValues(d, list.values, list.count, err);
    }
    free(list.values);
    return rc;
}

/* ------------------------------------------------------------ figures */

static double Mean(const WeirDist *d)
{
    double sum = 0;
    size_t i;
    for (i = 0; i < d->valueCount; i++)
        sum += d->values[i];
    return sum / (double)d->valueCount;
}

/* Of the values themselves: divided by their number. */
static double Variance(const WeirDist *d)
{
    double mean = Mean(d), sum = 0;
    size_t i;
    for (i = 0; i < d->valueCount; i++)
        sum += (d->values[i] - mean) * (d->values[i] - mean);
    return sum / (double)d->valueCount;
}

static double Inverse(const WeirDist *d, int r)
{
    double sum = 0;
    size_t i;
    for (i = 0; i < d->valueCount; i++)
        sum += pow(d->values[i], -r);
    return sum / (double)d->valueCount;
}

/* How many of the values are at most x. */
static size_t CountUpTo(const WeirDist *d, double x)
{
    size_t low = 0, high = d->valueCount;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (d->sorted[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static double Cdf(const WeirDist *d, double x)
{
    return (double)CountUpTo(d, x) / (double)d->valueCount;
}

/* The smallest value whose Cdf, as it is rounded there, is at least p. */
static double Quantile(const WeirDist *d, double p)
{
    double n = (double)d->valueCount;
    size_t rank = (size_t)(p * n);
    if (rank > 0 && (double)(rank - 1) / n >= p)
        rank--;
    while (rank < d->valueCount && (double)rank / n < p)
        rank++;
    return d->sorted[rank > 0 ? rank - 1 : 0];
}

/* ------------------------------------------------------------ drawing */

static double EmpiricalDraw(WeirSampler *s)
{
    const WeirDist *d = s->dist;
    size_t i = (size_t)(WeirSourceUniform(s->source) * (double)d->valueCount);
    return d->values[i < d->valueCount ? i : d->valueCount - 1];
}

static double ReplayDraw(WeirSampler *s)
{
    const WeirDist *d = s->dist;
    double value = d->values[s->next];
    s->next = s->next + 1 < d->valueCount ? s->next + 1 : 0;
    return value;
}

#define VALUES                                                                           \
    {                                                                                    \
        "value", WEIR_PARAM_VALUES, 0,                                                   \
            "numbers or lists of them, or -file PATH: a file with one number per line"   \
    }

const DistFamily weirEmpirical = {
    .info = { "empirical",
              WEIR_DIST_DISCRETE,
              "one of given values, each alike",
              { VALUES } },
    .mean = Mean,
    .variance = Variance,
    .inverse = Inverse,
    .cdf = Cdf,
    .quantile = Quantile,
    .draw = EmpiricalDraw,
};

const DistFamily weirReplay = {
    .info = { "replay",
              WEIR_DIST_DISCRETE,
              "given values in their order, again and again",
              { VALUES } },
    .mean = Mean,
    .variance = Variance,
    .inverse = Inverse,
    .cdf = Cdf,
    .quantile = Quantile,
    .draw = ReplayDraw,
};
