/* Specifications: text to distribution and back. */
#include "config.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "dist/distInt.h"
#include "dist/words.h"

/* How deep distributions may hold each other. */
enum { DEPTH_MAX = 8 };

static int Parse(const char *text, int depth, WeirDist **out, WeirErr *err);

char *WeirDistUsage(const WeirDistInfo *info)
{
    const WeirDistParam *param;
    char *text = NULL;
    const char *letter;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return NULL;
    fputs(info->name, out);
    for (param = info->params; param->kind; param++) {
        fputc(' ', out);
        if (param->kind == WEIR_PARAM_WEIGHTED)
            fputs("{WEIGHT DIST}", out);
        else
            for (letter = param->name; *letter; letter++)
                fputc(toupper((unsigned char)*letter), out);
        if (param->kind == WEIR_PARAM_WEIGHTED || param->kind == WEIR_PARAM_VALUES)
            fputs(" ...", out);
    }
    fclose(out);
    return text;
}

static int FailUsage(const WeirDistInfo *info, size_t given, WeirErr *err)
{
    char *usage = WeirDistUsage(info);
    WeirFail(err, WEIR_E_ARG, "wrong number of parameters (%zu) for %s: use {%s}", given,
             info->name, usage ? usage : info->name);
    free(usage);
    return WEIR_E_ARG;
}

/* ------------------------------------------------------------ one parameter */

static int ParseNumber(const WeirDistInfo *info, const WeirDistParam *param,
                       const char *text, double *value, WeirErr *err)
{
    bool above = param->kind != WEIR_PARAM_REAL;
    if (!WeirNumberParse(text, value))
        return WeirFail(err, WEIR_E_ARG, "%s of %s is \"%.60s\": use a number%s",
                        param->name, info->name, text, above ? " above 0" : "");
    if (above && *value <= 0)
        return WeirFail(err, WEIR_E_ARG, "%s of %s is %.60s: use a number above 0",
                        param->name, info->name, text);
    if (param->max > 0 && *value > param->max)
        return WeirFail(err, WEIR_E_ARG, "%s of %s is %.60s: use at most %.15g",
                        param->name, info->name, text, param->max);
    return WEIR_OK;
}

static int AddPart(WeirDist *d, const char *text, int depth, WeirErr *err)
{
    WeirDist *part, **grown;
    int rc = Parse(text, depth + 1, &part, err);
    if (rc < 0)
        return rc;
    if (part->family->info.kind == WEIR_DIST_PROCESS) {
        rc = WeirFail(err, WEIR_E_ARG, "%s is a process and cannot be a part of %s",
                      part->family->info.name, d->family->info.name);
        WeirDistUnref(part);
        return rc;
    }
    grown = realloc(d->parts, (size_t)(d->partCount + 1) * sizeof *grown);
    if (!grown) {
        WeirDistUnref(part);
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    }
    d->parts = grown;
    d->parts[d->partCount++] = part;
    return WEIR_OK;
}

/* ------------------------------------------------------------ the remaining words */

static int AddWeighted(WeirDist *d, const WeirDistParam *param, const char *text,
                       int depth, WeirErr *err)
{
    static const WeirDistParam weight = { "weight", WEIR_PARAM_POSITIVE, 0, "" };
    WeirWords pair;
    int rc = WeirWordsSplit(text, &pair, err);
    double value;
    if (rc < 0)
        return rc;
    if (pair.count != 2)
        rc = WeirFail(err, WEIR_E_ARG, "%s of %s is \"%.60s\": use {WEIGHT DISTRIBUTION}",
                      param->name, d->family->info.name, text);
    if (rc == WEIR_OK)
        rc = ParseNumber(&d->family->info, &weight, pair.word[0], &value, err);
    if (rc == WEIR_OK)
        rc = AddPart(d, pair.word[1], depth, err);
    if (rc == WEIR_OK) {
        d->weights[d->partCount - 1] = value;
        d->totalWeight += value;
    }
    WeirWordsFree(&pair);
    return rc;
}

static int ParseWeighted(WeirDist *d, const WeirDistParam *param, char *const *word,
                         size_t count, int depth, WeirErr *err)
{
    int rc = WEIR_OK;
    d->weights = calloc(count, sizeof *d->weights);
    if (!d->weights)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    for (; count > 0 && rc == WEIR_OK; count--, word++)
        rc = AddWeighted(d, param, *word, depth, err);
    return rc;
}

static int AddValues(const WeirDist *d, const char *text, WeirValues *list, WeirErr *err)
{
    WeirWords words;
    double value;
    size_t i;
    int rc = WeirWordsSplit(text, &words, err);
    if (rc < 0)
        return rc;
    for (i = 0; i < words.count && rc == WEIR_OK; i++) {
        if (WeirNumberParse(words.word[i], &value))
            rc = WeirValuesAdd(list, value, err);
        else
            rc = WeirFail(err, WEIR_E_ARG,
                          "a value of %s is \"%.60s\": use numbers, or -file and a path",
                          d->family->info.name, words.word[i]);
    }
    WeirWordsFree(&words);
    return rc;
}

static int ParseValues(WeirDist *d, char *const *word, size_t count, WeirErr *err)
{
    WeirValues list = { 0 };
    int rc = WEIR_OK;
    size_t i;
    if (count == 2 && strcmp(word[0], "-file") == 0)
        return WeirDistReadValues(d, word[1], err);
    for (i = 0; i < count && rc == WEIR_OK; i++)
        rc = AddValues(d, word[i], &list, err);
    if (rc == WEIR_OK && list.count == 0)
        rc = FailUsage(&d->family->info, 0, err);
    if (rc == WEIR_OK)
        return WeirDistSetValues(d, list.values, list.count, err);
    free(list.values);
    return rc;
}

/* ------------------------------------------------------------ a whole one */

static int ParseParams(WeirDist *d, char *const *word, size_t count, int depth,
                       WeirErr *err)
{
    const WeirDistInfo *info = &d->family->info;
    const WeirDistParam *param = info->params;
    size_t used = 0;
    int numbers = 0, rc = WEIR_OK;
    for (; param->kind && rc == WEIR_OK; param++, used++) {
        if (used == count)
            return FailUsage(info, count, err);
        if (param->kind == WEIR_PARAM_VALUES)
            return ParseValues(d, word + used, count - used, err);
        if (param->kind == WEIR_PARAM_WEIGHTED)
            return ParseWeighted(d, param, word + used, count - used, depth, err);
        if (param->kind == WEIR_PARAM_DIST)
            rc = AddPart(d, word[used], depth, err);
        else
            rc = ParseNumber(info, param, word[used], &d->p[numbers++], err);
    }
    if (rc == WEIR_OK && used < count)
        return FailUsage(info, count, err);
    return rc;
}

static int ParseWords(const WeirWords *words, int depth, WeirDist **out, WeirErr *err)
{
    const WeirDistInfo *info;
    const char *name = words->word[0];
    double value;
    bool bare = words->count == 1 && WeirNumberParse(name, &value);
    WeirDist *d;
    int rc = WeirDistFamilyFind(bare ? "constant" : name, &info, err);
    if (rc < 0)
        return rc;
    d = WeirDistNew(WeirDistFamilyByName(info->name));
    if (!d)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    if (bare)
        d->p[0] = value;
    else
        rc = ParseParams(d, words->word + 1, words->count - 1, depth, err);
    if (rc == WEIR_OK && d->family->check)
        rc = d->family->check(d, err);
    if (rc < 0)
        WeirDistUnref(d);
    else
        *out = d;
    return rc;
}

static int Parse(const char *text, int depth, WeirDist **out, WeirErr *err)
{
    WeirWords words;
    int rc;
    if (depth > DEPTH_MAX)
        return WeirFail(err, WEIR_E_ARG,
                        "distributions are nested too deep: use at most %d levels",
                        DEPTH_MAX);
    rc = WeirWordsSplit(text, &words, err);
    if (rc < 0)
        return rc;
    if (words.count == 0)
        rc = WeirFail(err, WEIR_E_ARG,
                      "an empty distribution: use a family and its parameters, such as "
                      "{exponential 0.001}");
    else
        rc = ParseWords(&words, depth, out, err);
    WeirWordsFree(&words);
    return rc;
}

int WeirDistParse(const char *text, WeirDist **out, WeirErr *err)
{
    *out = NULL;
    return Parse(text, 1, out, err);
}

/* ------------------------------------------------------------ printing */

static void Print(FILE *out, const WeirDist *d);

static void PrintValues(FILE *out, const WeirDist *d)
{
    size_t i;
    if (d->path) {
        fputs(" -file ", out);
        WeirWordPrint(out, d->path);
        return;
    }
    for (i = 0; i < d->valueCount; i++) {
        fputc(' ', out);
        WeirNumberPrint(out, d->values[i]);
    }
}

static void PrintWeighted(FILE *out, const WeirDist *d)
{
    int i;
    for (i = 0; i < d->partCount; i++) {
        fputs(" {", out);
        WeirNumberPrint(out, d->weights[i]);
        fputs(" {", out);
        Print(out, d->parts[i]);
        fputs("}}", out);
    }
}

static void Print(FILE *out, const WeirDist *d)
{
    const WeirDistParam *param = d->family->info.params;
    int numbers = 0, parts = 0;
    fputs(d->family->info.name, out);
    for (; param->kind; param++) {
        if (param->kind == WEIR_PARAM_VALUES) {
            PrintValues(out, d);
        } else if (param->kind == WEIR_PARAM_WEIGHTED) {
            PrintWeighted(out, d);
        } else if (param->kind == WEIR_PARAM_DIST) {
            fputs(" {", out);
            Print(out, d->parts[parts++]);
            fputc('}', out);
        } else {
            fputc(' ', out);
            WeirNumberPrint(out, d->p[numbers++]);
        }
    }
}

char *WeirDistPrint(const WeirDist *d)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    if (!out)
        return NULL;
    Print(out, d);
    fclose(out);
    return text;
}
