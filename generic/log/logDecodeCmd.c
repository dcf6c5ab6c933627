/* log decode: what ITGDec writes, in one pass. */
#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "log/decode.h"
#include "log/logShareCmd.h"

typedef struct Options {
    int report, oneFlow, sizes, gaps;
    int64_t maxFlow;
    char *split;
    Tcl_Obj *text, *octave, *eachDelay, *eachJitter, *sender, *rebuilt;
    Tcl_Obj *tables[WEIR_INTERVAL_KINDS], *combined; /* {MS FILE} */
    Tcl_Obj *channel;
} Options;

#define FIELD(field) offsetof(Options, field)
#define FILE_NAME(word, field, help)                                                     \
    {                                                                                    \
        word, WEIR_O_OBJ, FIELD(field), NULL, "", help, .flags = WEIR_OF_FILE            \
    }
#define TABLE(word, field, help)                                                         \
    {                                                                                    \
        word, WEIR_O_OBJ, FIELD(field), NULL, "", help, .value = "{MS FILE}"             \
    }
const WeirOpt weirLogDecodeOptions[] = {
    { "-report", WEIR_O_BOOL, FIELD(report), "0", "", "answer ITGDec's report" },
    FILE_NAME("-text", text, "file for the records as text (ITGDec -l)"),
    FILE_NAME("-octave", octave, "file for the records as numbers (-o)"),
    TABLE("-bitrate", tables[WEIR_INTERVAL_BITRATE], "kbit/s in each interval (-b)"),
    TABLE("-delay", tables[WEIR_INTERVAL_DELAY], "mean delays (-d)"),
    TABLE("-jitter", tables[WEIR_INTERVAL_JITTER], "mean jitters (-j)"),
    TABLE("-loss", tables[WEIR_INTERVAL_LOSS], "lost packets (-p)"),
    TABLE("-combined", combined, "sums of the four (-c)"),
    { "-split", WEIR_O_STRING, FIELD(split), NULL, "", "suffix of logs per flow (-s)",
      .value = "SUFFIX" },
    FILE_NAME("-sender", sender, "the sender's log, to take its times (-r)"),
    FILE_NAME("-rebuilt", rebuilt, "file for the log with these times (-r)"),
    FILE_NAME("-eachdelay", eachDelay, "file for the delay of each packet (-x)"),
    FILE_NAME("-eachjitter", eachJitter, "file for the jitter of each packet (-x)"),
    { "-sizes", WEIR_O_BOOL, FIELD(sizes), "0", "",
      "print the size of each packet (-P)" },
    { "-gaps", WEIR_O_BOOL, FIELD(gaps), "0", "",
      "print the times between packets (-I)" },
    { "-channel", WEIR_O_OBJ, FIELD(channel), "stdout", "", "where to print them",
      .value = "CHANNEL" },
    { "-maxflow", WEIR_O_WIDE, FIELD(maxFlow), "4294967295", "",
      "greater flow ids count as error lines (-f)", .min = 0, .max = 4294967295.0,
      .value = "ID" },
    { "-oneflow", WEIR_O_BOOL, FIELD(oneFlow), "0", "",
      "take everything as one flow (-f t)" },
    { NULL }
};

/* ------------------------------------------------------------ options to a job */

static int SetPath(Tcl_Interp *interp, Tcl_Obj *name, const char **path)
{
    if (name && *Tcl_GetString(name) && !(*path = WeirLogPath(interp, name)))
        return TCL_ERROR;
    return TCL_OK;
}

/* The list's elements live as long as the option's value. */
static int SetTable(Tcl_Interp *interp, Tcl_Obj *value, WeirDecodeTable *table)
{
    Tcl_Obj **word;
    Tcl_Size count;
    if (!value || !*Tcl_GetString(value))
        return TCL_OK;
    if (Tcl_ListObjGetElements(NULL, value, &count, &word) != TCL_OK || count != 2 ||
        Tcl_GetDoubleFromObj(NULL, word[0], &table->ms) != TCL_OK ||
        !(table->ms >= 1e-3 && table->ms <= 1e9) || !*Tcl_GetString(word[1]))
        return WeirTclFail(interp, weirLogRoom, WEIR_E_ARG,
                           "\"%.200s\" is no interval file: use {MILLISECONDS FILE} with "
                           "0.001 to 1e9 milliseconds",
                           Tcl_GetString(value));
    return SetPath(interp, word[1], &table->path);
}

static int PutToChannel(void *arg, const char *text, int len, WeirErr *err)
{
    if (Tcl_Write(arg, text, len) == len)
        return WEIR_OK;
    return WeirFailErrno(err, Tcl_GetErrno(), "cannot write to \"%.60s\"",
                         Tcl_GetChannelName(arg));
}

static int SetLines(Tcl_Interp *interp, const Options *o, WeirDecodeLines *lines)
{
    int mode = 0;
    Tcl_Channel channel;
    if (!o->sizes && !o->gaps)
        return TCL_OK;
    channel = Tcl_GetChannel(interp, Tcl_GetString(o->channel), &mode);
    if (!channel || !(mode & TCL_WRITABLE))
        return WeirTclFail(interp, weirLogRoom, WEIR_E_ARG,
                           "\"%.60s\" is no channel that can be written to",
                           Tcl_GetString(o->channel));
    *lines = (WeirDecodeLines){ o->sizes, o->gaps, PutToChannel, channel };
    return TCL_OK;
}

static int Check(void *record, WeirErr *err)
{
    const Options *o = record;
    bool sender = o->sender && *Tcl_GetString(o->sender);
    bool rebuilt = o->rebuilt && *Tcl_GetString(o->rebuilt);
    if (rebuilt && !sender)
        return WeirFail(err, WEIR_E_ARG, "-rebuilt wants the sender's log: add -sender");
    if (o->split && (strlen(o->split) > 100 || strchr(o->split, '/')))
        return WeirFail(err, WEIR_E_ARG,
                        "option -split: \"%.120s\" is no suffix: use up to 100 bytes "
                        "without /",
                        o->split);
    return WEIR_OK;
}

static int MakeJob(Tcl_Interp *interp, const Options *o, WeirDecodeJob *job)
{
    int i;
    memset(job, 0, sizeof *job);
    job->compat = (WeirCompatOpts){ o->oneFlow, (uint32_t)o->maxFlow };
    job->report = o->report;
    job->split = o->split;
    for (i = 0; i < WEIR_INTERVAL_KINDS; i++)
        if (SetTable(interp, o->tables[i], &job->tables[i]) != TCL_OK)
            return TCL_ERROR;
    if (SetTable(interp, o->combined, &job->combined) != TCL_OK ||
        SetPath(interp, o->text, &job->text) != TCL_OK ||
        SetPath(interp, o->octave, &job->octave) != TCL_OK ||
        SetPath(interp, o->eachDelay, &job->delays) != TCL_OK ||
        SetPath(interp, o->eachJitter, &job->jitters) != TCL_OK ||
        SetPath(interp, o->sender, &job->sender) != TCL_OK ||
        SetPath(interp, o->rebuilt, &job->rebuilt) != TCL_OK ||
        SetLines(interp, o, &job->lines) != TCL_OK)
        return TCL_ERROR;
    return TCL_OK;
}

/* ------------------------------------------------------------ the command */

static int ReturnDict(Tcl_Interp *interp, const WeirDecodeResult *result)
{
    Tcl_Obj *dict = Tcl_NewDictObj();
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("records", -1),
                   Tcl_NewWideIntObj(result->records));
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("valid", -1),
                   Tcl_NewWideIntObj(result->valid));
    if (result->report)
        Tcl_DictObjPut(
            NULL, dict, Tcl_NewStringObj("report", -1),
            Tcl_NewStringObj(result->report, (Tcl_Size)strlen(result->report) - 1));
    Tcl_SetObjResult(interp, dict);
    return TCL_OK;
}

/* log decode FILE ?-option value ...? */
int WeirLogDecodeCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Options o;
    WeirDecodeJob job;
    WeirDecodeResult result;
    const char *path;
    WeirErr err;
    int rc = TCL_ERROR;
    memset(&o, 0, sizeof o);
    if (WeirOptRead(interp, weirLogRoom, weirLogDecodeOptions, &o, sizeof o, objc - 2,
                    objv + 2, Check) != TCL_OK)
        return TCL_ERROR;
    if ((path = WeirLogPath(interp, objv[1])) && MakeJob(interp, &o, &job) == TCL_OK) {
        rc = WeirLogDecode(path, &job, &result, &err) < 0
                 ? WeirTclError(interp, weirLogRoom, &err)
                 : ReturnDict(interp, &result);
        free(result.report);
    }
    WeirOptFree(weirLogDecodeOptions, &o);
    return rc;
}
