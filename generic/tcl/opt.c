#include "config.h"
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tcl/opt.h"
#include "tcl/value.h"

static void *Field(void *record, const WeirOpt *row)
{
    return (char *)record + row->offset;
}

static const void *ConstField(const void *record, const WeirOpt *row)
{
    return (const char *)record + row->offset;
}

static const char *KindName(const WeirOpt *row)
{
    static const char *const names[] = { "",       "string",  "integer",  "integer",
                                         "number", "boolean", "duration", "bitrate",
                                         "pps",    "size",    "enum",     "value" };
    return row->kind == WEIR_O_TYPE ? row->type->name : names[row->kind];
}

/* ------------------------------------------------------------ one value */

static void ReleaseField(const WeirOpt *row, void *record)
{
    void **field = Field(record, row);
    if (row->kind == WEIR_O_STRING) {
        free(*field);
    } else if (row->kind == WEIR_O_OBJ) {
        if (*field)
            Tcl_DecrRefCount((Tcl_Obj *)*field);
    } else if (row->kind == WEIR_O_TYPE) {
        if (*field)
            row->type->release(*field);
    } else {
        return;
    }
    *field = NULL;
}

/* Replace a pointer by a copy of its own, so that two records do not share it. */
static void UnshareField(const WeirOpt *row, void *record)
{
    void **field = Field(record, row);
    if (row->kind == WEIR_O_STRING && *field)
        *field = strdup(*field);
    else if (row->kind == WEIR_O_OBJ && *field)
        Tcl_IncrRefCount((Tcl_Obj *)*field);
    else if (row->kind == WEIR_O_TYPE && *field)
        *field = row->type->copy(*field);
}

static int CheckRange(const WeirOpt *row, double value, double scale, WeirErr *err)
{
    if (row->max > row->min && (value < row->min * scale || value > row->max * scale))
        return WeirFail(err, WEIR_E_ARG, "%.15g is out of range: use %.15g to %.15g%s%s",
                        value / scale, row->min, row->max, *row->unit ? " " : "",
                        row->unit);
    return WEIR_OK;
}

/* Text that is no number of the row's kind; one of too many digits is out of range. */
static int RefuseNumber(const WeirOpt *row, Tcl_Obj *obj, const char *kind, WeirErr *err)
{
    const char *text = Tcl_GetString(obj);
    double value;
    if (Tcl_GetDoubleFromObj(NULL, obj, &value) == TCL_OK && isfinite(value) &&
        value == floor(value) && strspn(text, "+-0123456789") == strlen(text)) {
        if (CheckRange(row, value, 1, err) < 0)
            return err->code;
        return WeirFail(err, WEIR_E_ARG,
                        "%.60s is out of range: use a whole number of 64 bits", text);
    }
    if (row->max > row->min)
        return WeirFail(err, WEIR_E_ARG, "\"%.60s\" is not %s: use %.15g to %.15g%s%s",
                        text, kind, row->min, row->max, *row->unit ? " " : "", row->unit);
    return WeirFail(err, WEIR_E_ARG, "\"%.60s\" is not %s", text, kind);
}

static int ParseNumber(Tcl_Interp *interp, const WeirOpt *row, Tcl_Obj *obj, void *field,
                       WeirErr *err)
{
    if (row->kind == WEIR_O_DOUBLE) {
        double value;
        if (Tcl_GetDoubleFromObj(interp, obj, &value) != TCL_OK)
            return RefuseNumber(row, obj, "a number", err);
        if (CheckRange(row, value, 1, err) < 0)
            return err->code;
        *(double *)field = value;
    } else {
        Tcl_WideInt value;
        if (Tcl_GetWideIntFromObj(interp, obj, &value) != TCL_OK)
            return RefuseNumber(row, obj, "a whole number", err);
        if (CheckRange(row, (double)value, 1, err) < 0)
            return err->code;
        if (row->kind == WEIR_O_INT) {
            if (value < INT_MIN || value > INT_MAX)
                return WeirFail(err, WEIR_E_ARG, "%.60s is out of range",
                                Tcl_GetString(obj));
            *(int *)field = (int)value;
        } else {
            *(int64_t *)field = value;
        }
    }
    return WEIR_OK;
}

/* Whether an object's text is empty, found without making the text of a long list. */
static int IsEmpty(Tcl_Obj *obj)
{
    Tcl_Size count;
    if (obj->bytes)
        return obj->bytes[0] == '\0';
    return Tcl_ListObjLength(NULL, obj, &count) == TCL_OK && count == 0;
}

/* A duration, or a word in its place: -1 for the first choice, -2 for the second, ... */
static int ParseDuration(const WeirOpt *row, const char *text, int64_t *field,
                         WeirErr *err)
{
    char words[80] = "";
    int i, rc;
    for (i = 0; row->choices && row->choices[i]; i++) {
        if (strcmp(row->choices[i], text) == 0) {
            *field = -1 - i;
            return WEIR_OK;
        }
        snprintf(words + strlen(words), sizeof words - strlen(words), "%s, ",
                 row->choices[i]);
    }
    rc = WeirParseDuration(text, field, err);
    if (rc < 0 && *words)
        return WeirFail(err, rc, "\"%.60s\" is not a duration: use %s250ms or 10s", text,
                        words);
    return rc < 0 ? rc : CheckRange(row, (double)*field, 1e9, err);
}

static int ParseValue(Tcl_Interp *interp, const char *room, const WeirOpt *row,
                      Tcl_Obj *obj, void *field, WeirErr *err)
{
    const char *text = row->kind == WEIR_O_OBJ ? "" : Tcl_GetString(obj);
    int rc;
    switch (row->kind) {
    case WEIR_O_STRING:
        *(char **)field = *text ? strdup(text) : NULL;
        return WEIR_OK;
    case WEIR_O_INT:
    case WEIR_O_WIDE:
    case WEIR_O_DOUBLE:
        return ParseNumber(NULL, row, obj, field, err);
    case WEIR_O_BOOL:
        if (Tcl_GetBooleanFromObj(NULL, obj, field) != TCL_OK)
            return WeirFail(err, WEIR_E_ARG, "\"%.60s\" is not a boolean: use 0 or 1",
                            text);
        return WEIR_OK;
    case WEIR_O_DURATION:
        return ParseDuration(row, text, field, err);
    case WEIR_O_BITRATE:
        rc = WeirParseBitrate(text, field, err);
        return rc < 0 ? rc : CheckRange(row, *(double *)field, 1, err);
    case WEIR_O_PPS:
        rc = WeirParsePacketRate(text, field, err);
        return rc < 0 ? rc : CheckRange(row, *(double *)field, 1, err);
    case WEIR_O_SIZE:
        rc = WeirParseSize(text, field, err);
        return rc < 0 ? rc : CheckRange(row, (double)*(int64_t *)field, 1, err);
    case WEIR_O_ENUM:
        if (WeirTclWord(interp, room, obj, row->choices, sizeof(char *), "word", field) !=
            TCL_OK)
            return WeirFail(err, WEIR_E_ARG, "%s",
                            interp ? Tcl_GetString(Tcl_GetObjResult(interp))
                                   : "unknown word");
        return WEIR_OK;
    case WEIR_O_OBJ:
        *(Tcl_Obj **)field = IsEmpty(obj) ? NULL : obj;
        if (!IsEmpty(obj))
            Tcl_IncrRefCount(obj);
        return WEIR_OK;
    case WEIR_O_TYPE:
        *(void **)field = NULL;
        return *text ? row->type->parse(interp, obj, field, err) : WEIR_OK;
    case WEIR_O_END:
        break;
    }
    return WeirFail(err, WEIR_E_ARG, "option %s has no kind", row->name);
}

Tcl_Obj *WeirOptGet(const WeirOpt *row, const void *record)
{
    const void *field = ConstField(record, row);
    char buf[WEIR_VALUE_TEXT];
    switch (row->kind) {
    case WEIR_O_STRING:
        return Tcl_NewStringObj(*(char *const *)field ? *(char *const *)field : "", -1);
    case WEIR_O_INT:
        return Tcl_NewIntObj(*(const int *)field);
    case WEIR_O_BOOL:
        return Tcl_NewIntObj(*(const int *)field != 0);
    case WEIR_O_WIDE:
        return Tcl_NewWideIntObj(*(const int64_t *)field);
    case WEIR_O_DOUBLE:
        return Tcl_NewDoubleObj(*(const double *)field);
    case WEIR_O_DURATION:
        if (row->choices && *(const int64_t *)field < 0)
            return Tcl_NewStringObj(row->choices[-1 - *(const int64_t *)field], -1);
        return Tcl_NewStringObj(WeirPrintDuration(*(const int64_t *)field, buf), -1);
    case WEIR_O_BITRATE:
        return Tcl_NewStringObj(WeirPrintBitrate(*(const double *)field, buf), -1);
    case WEIR_O_PPS:
        return Tcl_NewStringObj(WeirPrintPacketRate(*(const double *)field, buf), -1);
    case WEIR_O_SIZE:
        return Tcl_NewStringObj(WeirPrintSize(*(const int64_t *)field, buf), -1);
    case WEIR_O_ENUM:
        return Tcl_NewStringObj(row->choices[*(const int *)field], -1);
    case WEIR_O_OBJ:
        return *(Tcl_Obj *const *)field ? *(Tcl_Obj *const *)field : Tcl_NewObj();
    case WEIR_O_TYPE:
        return *(void *const *)field ? row->type->print(*(void *const *)field)
                                     : Tcl_NewObj();
    case WEIR_O_END:
        break;
    }
    return Tcl_NewObj();
}

/* ------------------------------------------------------------ whole records */

int WeirOptInit(Tcl_Interp *interp, const char *room, const WeirOpt *table, void *record)
{
    for (; table->name; table++) {
        Tcl_Obj *def;
        WeirErr err;
        int rc;
        if (!table->def)
            continue;
        def = Tcl_NewStringObj(table->def, -1);
        Tcl_IncrRefCount(def);
        rc = ParseValue(interp, room, table, def, Field(record, table), &err);
        Tcl_DecrRefCount(def);
        if (rc < 0)
            return WeirTclFail(interp, room, err.code, "default of %s: %s", table->name,
                               err.text);
    }
    return TCL_OK;
}

void WeirOptFree(const WeirOpt *table, void *record)
{
    for (; table->name; table++)
        ReleaseField(table, record);
}

const WeirOpt *WeirOptFind(Tcl_Interp *interp, const char *room, const WeirOpt *table,
                           Tcl_Obj *name)
{
    int i;
    if (WeirTclWord(interp, room, name, table, sizeof *table, "option", &i) != TCL_OK)
        return NULL;
    return &table[i];
}

/* One more value of an option that may be given several times. */
static int AddValue(void *record, const WeirOpt *row, Tcl_Obj *value)
{
    Tcl_Obj **field = Field(record, row);
    Tcl_Obj *list = *field ? Tcl_DuplicateObj(*field) : Tcl_NewListObj(0, NULL);
    Tcl_ListObjAppendElement(NULL, list, value);
    ReleaseField(row, record);
    *field = list;
    Tcl_IncrRefCount(list);
    return TCL_OK;
}

static int ApplyOne(Tcl_Interp *interp, const char *room, const WeirOpt *table,
                    void *record, Tcl_Obj *name, Tcl_Obj *value, int creating)
{
    const WeirOpt *row = WeirOptFind(interp, room, table, name);
    WeirErr err = { 0, 0, "" };
    if (!row)
        return TCL_ERROR;
    if (!value)
        return WeirTclFail(interp, room, WEIR_E_ARG, "option %s wants a value: %s",
                           row->name, row->help);
    if (!creating && (row->flags & WEIR_OF_SET_ONCE))
        return WeirTclFail(interp, room, WEIR_E_STATE,
                           "option %s can be given only at creation", row->name);
    if (row->flags & WEIR_OF_EACH)
        return AddValue(record, row, value);
    ReleaseField(row, record);
    if (ParseValue(interp, room, row, value, Field(record, row), &err) < 0) {
        WeirErr named = err; /* with its errno */
        snprintf(named.text, sizeof named.text, "option %s: %.300s", row->name, err.text);
        return WeirTclError(interp, room, &named);
    }
    return TCL_OK;
}

int WeirOptApply(Tcl_Interp *interp, const char *room, const WeirOpt *table, void *record,
                 size_t recordBytes, int objc, Tcl_Obj *const objv[], int creating,
                 int (*check)(void *record, WeirErr *err))
{
    void *fresh = malloc(recordBytes);
    const WeirOpt *row;
    WeirErr err;
    int i, rc = TCL_OK;
    if (!fresh)
        return WeirTclFail(interp, room, WEIR_E_MEMORY, "out of memory");
    memcpy(fresh, record, recordBytes);
    for (row = table; row->name; row++)
        UnshareField(row, fresh);
    for (i = 0; i < objc && rc == TCL_OK; i += 2)
        rc = ApplyOne(interp, room, table, fresh, objv[i],
                      i + 1 < objc ? objv[i + 1] : NULL, creating);
    if (rc == TCL_OK && check && check(fresh, &err) < 0)
        rc = WeirTclError(interp, room, &err);
    if (rc == TCL_OK) {
        WeirOptFree(table, record);
        memcpy(record, fresh, recordBytes);
    } else {
        WeirOptFree(table, fresh);
    }
    free(fresh);
    return rc;
}

int WeirOptRead(Tcl_Interp *interp, const char *room, const WeirOpt *table, void *record,
                size_t recordBytes, int objc, Tcl_Obj *const objv[],
                int (*check)(void *record, WeirErr *err))
{
    if (WeirOptInit(interp, room, table, record) == TCL_OK &&
        WeirOptApply(interp, room, table, record, recordBytes, objc, objv, 1, check) ==
            TCL_OK)
        return TCL_OK;
    WeirOptFree(table, record);
    return TCL_ERROR;
}

int WeirOptConfigure(Tcl_Interp *interp, const char *room, const WeirOpt *table,
                     void *record, size_t recordBytes, int objc, Tcl_Obj *const objv[],
                     int (*check)(void *record, WeirErr *err))
{
    if (objc == 0) {
        Tcl_Obj *dict = Tcl_NewDictObj();
        const WeirOpt *row;
        for (row = table; row->name; row++)
            Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj(row->name, -1),
                           WeirOptGet(row, record));
        Tcl_SetObjResult(interp, dict);
        return TCL_OK;
    }
    if (objc == 1)
        return WeirOptCget(interp, room, table, record, objc, objv);
    return WeirOptApply(interp, room, table, record, recordBytes, objc, objv, 0, check);
}

int WeirOptCget(Tcl_Interp *interp, const char *room, const WeirOpt *table, void *record,
                int objc, Tcl_Obj *const objv[])
{
    const WeirOpt *row;
    if (objc != 1)
        return WeirTclFail(interp, room, WEIR_E_ARG,
                           "cget wants one option name, such as %s", table->name);
    row = WeirOptFind(interp, room, table, objv[0]);
    if (!row)
        return TCL_ERROR;
    Tcl_SetObjResult(interp, WeirOptGet(row, record));
    return TCL_OK;
}

/* ------------------------------------------------------------ for scripts */

/* The words of a choice, and behind those of a duration DURATION, with | between. */
static Tcl_Obj *ChoiceWords(const WeirOpt *row)
{
    enum { LONG = 32 };
    Tcl_Obj *text = Tcl_NewObj();
    const char *const *word;
    for (word = row->choices; *word; word++)
        Tcl_AppendStringsToObj(text, word == row->choices ? "" : "|", *word, NULL);
    if (row->kind == WEIR_O_DURATION)
        Tcl_AppendStringsToObj(text, "|DURATION", NULL);
    else if (strlen(Tcl_GetString(text)) > LONG)
        Tcl_SetStringObj(text, "WORD", -1);
    return text;
}

static Tcl_Obj *ValueWord(const WeirOpt *row)
{
    static const char *const words[] = { "",       "TEXT",    "N",        "N",
                                         "NUMBER", "BOOLEAN", "DURATION", "BITRATE",
                                         "RATE",   "SIZE",    "WORD",     "LIST" };
    Tcl_Obj *text;
    if (row->value)
        return Tcl_NewStringObj(row->value, -1);
    if (row->choices)
        return ChoiceWords(row);
    if (row->flags & WEIR_OF_FILE)
        return Tcl_NewStringObj("FILE", -1);
    if (row->flags & WEIR_OF_INTERFACE)
        return Tcl_NewStringObj("INTERFACE", -1);
    if (row->kind != WEIR_O_TYPE)
        return Tcl_NewStringObj(words[row->kind], -1);
    text = Tcl_NewStringObj(row->type->name, -1);
    Tcl_SetObjLength(text, Tcl_UtfToUpper(Tcl_GetString(text)));
    return text;
}

Tcl_Obj *WeirOptDescribe(const WeirOpt *row)
{
    Tcl_Obj *dict = Tcl_NewDictObj(), *choices = Tcl_NewListObj(0, NULL);
    const char *const *word;
#define PUT(key, obj) Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj(key, -1), obj)
    PUT("name", Tcl_NewStringObj(row->name, -1));
    PUT("kind", Tcl_NewStringObj(KindName(row), -1));
    PUT("value", ValueWord(row));
    PUT("default", Tcl_NewStringObj(row->def ? row->def : "", -1));
    PUT("unit", Tcl_NewStringObj(row->unit ? row->unit : "", -1));
    PUT("help", Tcl_NewStringObj(row->help, -1));
    for (word = row->choices; word && *word; word++)
        Tcl_ListObjAppendElement(NULL, choices, Tcl_NewStringObj(*word, -1));
    PUT("choices", choices);
    PUT("once", Tcl_NewIntObj((row->flags & WEIR_OF_SET_ONCE) != 0));
    PUT("names", Tcl_NewStringObj(row->flags & WEIR_OF_FILE        ? "file"
                                  : row->flags & WEIR_OF_INTERFACE ? "interface"
                                                                   : "",
                                  -1));
    if (row->max > row->min) {
        PUT("min", Tcl_NewDoubleObj(row->min));
        PUT("max", Tcl_NewDoubleObj(row->max));
    }
#undef PUT
    return dict;
}

Tcl_Obj *WeirOptUsage(const char *args, const WeirOpt *table)
{
    Tcl_Obj *text = Tcl_NewStringObj(args, -1);
    const WeirOpt *row;
    for (row = table; row && row->name && !strstr(args, "-option"); row++) {
        Tcl_Obj *value = ValueWord(row);
        Tcl_AppendPrintfToObj(text, "%s?%s %s?", *Tcl_GetString(text) ? " " : "",
                              row->name, Tcl_GetString(value));
        Tcl_DecrRefCount(value);
    }
    return text;
}
