/* The command `dist`: distributions as values. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/progress.h"
#include "dist/dist.h"
#include "dist/distCmd.h"
#include "tcl/result.h"

static const char room[] = "DIST";

enum { COUNT_MAX = 10000000 };

/* ------------------------------------------------------------ as a value of options */

static int ParseValue(Tcl_Interp *interp, Tcl_Obj *obj, void **value, WeirErr *err)
{
    WeirDist *d;
    int rc = WeirDistParse(Tcl_GetString(obj), &d, err);
    if (rc == WEIR_OK)
        *value = d;
    return rc;
}

static Tcl_Obj *PrintValue(const void *value)
{
    char *text = WeirDistPrint(value);
    Tcl_Obj *obj = Tcl_NewStringObj(text ? text : "", -1);
    free(text);
    return obj;
}

static void *CopyValue(void *value)
{
    return WeirDistRef(value);
}

static void ReleaseValue(void *value)
{
    WeirDistUnref(value);
}

const WeirOptType weirDistOptType = { "distribution", ParseValue, PrintValue, CopyValue,
                                      ReleaseValue };

/* ------------------------------------------------------------ arguments and results */

static int GetDist(Tcl_Interp *interp, Tcl_Obj *obj, WeirDist **d)
{
    WeirErr err;
    if (WeirDistParse(Tcl_GetString(obj), d, &err) < 0)
        return WeirTclError(interp, room, &err);
    return TCL_OK;
}

static int GetNumber(Tcl_Interp *interp, Tcl_Obj *obj, const char *what, double *value)
{
    if (Tcl_GetDoubleFromObj(NULL, obj, value) == TCL_OK)
        return TCL_OK;
    return WeirTclFail(interp, room, WEIR_E_ARG, "%s \"%.60s\" is not a number", what,
                       Tcl_GetString(obj));
}

/* An undefined number is the empty string, as in every result. */
static int ReturnNumber(Tcl_Interp *interp, double value)
{
    Tcl_SetObjResult(interp, isnan(value) ? Tcl_NewObj() : Tcl_NewDoubleObj(value));
    return TCL_OK;
}

/* ------------------------------------------------------------ sample */

typedef struct SampleOptions {
    int64_t seed; /* -1: random */
    char *stream;
    double itg; /* NaN: not D-ITG's generator */
} SampleOptions;

static const WeirOpt sampleOptions[] = {
    { "-seed", WEIR_O_WIDE, offsetof(SampleOptions, seed), NULL, "",
      "seed of the stream (default: random)", .min = 0, .max = 9.2e18, .value = "SEED" },
    { "-stream", WEIR_O_STRING, offsetof(SampleOptions, stream), NULL, "",
      "name of the stream under the seed", .value = "NAME" },
    { "-itg", WEIR_O_DOUBLE, offsetof(SampleOptions, itg), NULL, "",
      "draw as D-ITG does with this seed, above 0 and below 1", .value = "SEED" },
    { NULL }
};

static int CheckSampleOptions(void *record, WeirErr *err)
{
    const SampleOptions *o = record;
    if (isnan(o->itg))
        return WEIR_OK;
    if (!(o->itg > 0 && o->itg < 1))
        return WeirFail(err, WEIR_E_ARG,
                        "-itg %.15g is out of range: use above 0 and below 1", o->itg);
    if (o->seed >= 0 || o->stream)
        return WeirFail(err, WEIR_E_ARG,
                        "-itg is another generator: use it without -seed and -stream");
    return WEIR_OK;
}

static int GetCount(Tcl_Interp *interp, Tcl_Obj *obj, Tcl_WideInt *count)
{
    if (Tcl_GetWideIntFromObj(NULL, obj, count) == TCL_OK && *count >= 0 &&
        *count <= COUNT_MAX)
        return TCL_OK;
    return WeirTclFail(interp, room, WEIR_E_ARG,
                       "count \"%.60s\" is not accepted: use a whole number from 0 to %d",
                       Tcl_GetString(obj), (int)COUNT_MAX);
}

/* One number for count -1, else a list; NULL when the work is to stop. */
static Tcl_Obj *Draw(WeirSampler *s, Tcl_WideInt count, WeirErr *err)
{
    Tcl_Obj *list;
    Tcl_WideInt i;
    if (count < 0)
        return Tcl_NewDoubleObj(WeirSamplerNext(s));
    list = Tcl_NewListObj(0, NULL);
    for (i = 0; i < count; i++) {
        if (WeirProgressStep("dist sample", NULL, (size_t)i, (size_t)count, err) < 0) {
            Tcl_DecrRefCount(list);
            return NULL;
        }
        Tcl_ListObjAppendElement(NULL, list, Tcl_NewDoubleObj(WeirSamplerNext(s)));
    }
    return list;
}

static int Sample(Tcl_Interp *interp, WeirDist *d, Tcl_WideInt count,
                  const SampleOptions *o)
{
    WeirItgRng itg;
    WeirRng rng;
    WeirSampler *s;
    WeirErr err;
    Tcl_Obj *drawn;
    if (isnan(o->itg)) {
        WeirRngSeed(&rng, o->seed < 0 ? WeirRngRandomSeed() : (uint64_t)o->seed,
                    o->stream ? o->stream : "");
        s = WeirSamplerNew(d, &rng);
    } else {
        WeirItgRngSeed(&itg, o->itg);
        s = WeirSamplerNewItg(d, &itg);
    }
    if (!s)
        return WeirTclFail(interp, room, WEIR_E_MEMORY, "out of memory");
    drawn = Draw(s, count, &err);
    WeirSamplerFree(s);
    if (!drawn)
        return WeirTclError(interp, room, &err);
    Tcl_SetObjResult(interp, drawn);
    return TCL_OK;
}

static int SampleCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    SampleOptions o = { -1, NULL, NAN };
    Tcl_WideInt count = -1;
    WeirDist *d = NULL;
    int used = 2, rc;
    if (objc > 2 && *Tcl_GetString(objv[2]) != '-') {
        if (GetCount(interp, objv[2], &count) != TCL_OK)
            return TCL_ERROR;
        used = 3;
    }
    rc = WeirOptApply(interp, room, sampleOptions, &o, sizeof o, objc - used, objv + used,
                      1, CheckSampleOptions);
    if (rc == TCL_OK)
        rc = GetDist(interp, objv[1], &d);
    if (rc == TCL_OK)
        rc = Sample(interp, d, count, &o);
    WeirDistUnref(d);
    WeirOptFree(sampleOptions, &o);
    return rc;
}

/* ------------------------------------------------------------ figures */

static int Moment(Tcl_Interp *interp, Tcl_Obj *const objv[],
                  double (*of)(const WeirDist *d))
{
    WeirDist *d;
    double value;
    if (GetDist(interp, objv[1], &d) != TCL_OK)
        return TCL_ERROR;
    value = of(d);
    WeirDistUnref(d);
    return ReturnNumber(interp, value);
}

static int MeanCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Moment(interp, objv, WeirDistMean);
}

static int VarianceCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Moment(interp, objv, WeirDistVariance);
}

static int PointOf(Tcl_Interp *interp, Tcl_Obj *const objv[], const char *what,
                   int (*of)(const WeirDist *d, double at, double *value, WeirErr *err))
{
    WeirDist *d;
    WeirErr err;
    double at, value;
    int rc;
    if (GetNumber(interp, objv[2], what, &at) != TCL_OK ||
        GetDist(interp, objv[1], &d) != TCL_OK)
        return TCL_ERROR;
    rc = of(d, at, &value, &err);
    WeirDistUnref(d);
    return rc < 0 ? WeirTclError(interp, room, &err) : ReturnNumber(interp, value);
}

static int QuantileCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return PointOf(interp, objv, "probability", WeirDistQuantile);
}

static int CdfCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return PointOf(interp, objv, "value", WeirDistCdf);
}

/* ------------------------------------------------------------ fit */

/* The list as numbers, malloc'ed. */
static int GetValues(Tcl_Interp *interp, Tcl_Obj *obj, double **values, Tcl_Size *count)
{
    Tcl_Obj **item;
    Tcl_Size i;
    WeirErr err;
    if (Tcl_ListObjGetElements(NULL, obj, count, &item) != TCL_OK)
        return WeirTclFail(interp, room, WEIR_E_ARG,
                           "the values are not a list: use numbers");
    *values = malloc(((size_t)*count + 1) * sizeof **values);
    if (!*values)
        return WeirTclFail(interp, room, WEIR_E_MEMORY, "out of memory");
    for (i = 0; i < *count; i++) {
        if (WeirProgressStep("dist fit", NULL, (size_t)i, 0, &err) < 0) {
            WeirTclError(interp, room, &err);
            break;
        }
        if (GetNumber(interp, item[i], "value", *values + i) != TCL_OK)
            break;
    }
    if (i == *count)
        return TCL_OK;
    free(*values);
    return TCL_ERROR;
}

static int FitCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirDist *d;
    WeirErr err;
    double *values;
    Tcl_Size count;
    int rc;
    if (GetValues(interp, objv[2], &values, &count) != TCL_OK)
        return TCL_ERROR;
    rc = WeirDistFit(Tcl_GetString(objv[1]), values, (size_t)count, &d, &err);
    free(values);
    if (rc < 0)
        return WeirTclError(interp, room, &err);
    Tcl_SetObjResult(interp, PrintValue(d));
    WeirDistUnref(d);
    return TCL_OK;
}

/* ------------------------------------------------------------ names, describe */

static int NamesCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Tcl_Obj *list;
    const WeirDistInfo *info;
    int i;
    list = Tcl_NewListObj(0, NULL);
    for (i = 0; (info = WeirDistFamily(i)); i++)
        Tcl_ListObjAppendElement(NULL, list, Tcl_NewStringObj(info->name, -1));
    Tcl_SetObjResult(interp, list);
    return TCL_OK;
}

static void DescribeParams(WeirResult *list, const WeirDistInfo *info)
{
    static const char *const accepts[] = {
        [WEIR_PARAM_REAL] = "number",
        [WEIR_PARAM_POSITIVE] = "number above 0",
        [WEIR_PARAM_DIST] = "distribution",
        [WEIR_PARAM_VALUES] = "numbers or -file PATH",
        [WEIR_PARAM_WEIGHTED] = "pairs {WEIGHT DISTRIBUTION}",
    };
    const WeirDistParam *param;
    for (param = info->params; param->kind; param++) {
        WeirResult *row = WeirResultDict(list, NULL);
        WeirResultText(row, "name", param->name);
        WeirResultText(row, "accepts", accepts[param->kind]);
        WeirResultReal(row, "max", param->max > 0 ? param->max : NAN);
        WeirResultText(row, "help", param->help);
    }
}

static int DescribeCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    static const char *const kinds[] = { "continuous", "discrete", "compound",
                                         "process" };
    const WeirDistInfo *info;
    WeirResult *result;
    WeirErr err;
    char *usage;
    if (WeirDistFamilyFind(Tcl_GetString(objv[1]), &info, &err) < 0)
        return WeirTclError(interp, room, &err);
    usage = WeirDistUsage(info);
    result = WeirResultNew();
    WeirResultText(result, "name", info->name);
    WeirResultText(result, "usage", usage);
    WeirResultText(result, "kind", kinds[info->kind]);
    WeirResultText(result, "help", info->help);
    DescribeParams(WeirResultList(result, "parameters"), info);
    free(usage);
    return WeirResultReturn(interp, result, WEIR_FORMAT_AUTO);
}

static const WeirSubcommand subcommands[] = {
    { "sample", SampleCmd, 1, -1, "SPEC ?COUNT?", "draw one number, or a list of COUNT",
      sampleOptions },
    { "mean", MeanCmd, 1, 1, "SPEC", "mean" },
    { "variance", VarianceCmd, 1, 1, "SPEC", "variance" },
    { "quantile", QuantileCmd, 2, 2, "SPEC P", "smallest x with cdf(x) at least P" },
    { "cdf", CdfCmd, 2, 2, "SPEC X", "probability of a value up to X" },
    { "fit", FitCmd, 2, 2, "FAMILY VALUES",
      "the specification that fits a list of values best" },
    { "names", NamesCmd, 0, 0, "", "all families" },
    { "describe", DescribeCmd, 1, 1, "FAMILY", "a family's parameters" },
    { NULL }
};

int WeirDistCmdInit(Tcl_Interp *interp)
{
    return WeirFamilyCreate(interp, "dist", subcommands, NULL);
}
