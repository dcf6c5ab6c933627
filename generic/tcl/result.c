#include "config.h"
#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tcl/result.h"

enum { DICT, LIST, INTEGER, REAL, TEXT, REALS };

struct WeirResult {
    int kind;
    char *key;
    int64_t integer;
    double real;
    char *text;
    double *reals;
    size_t count;
    WeirResult *first, *last, *next; /* children, sibling */
};

const char *const weirFormatNames[] = { "auto", "text", "dict", "json", "csv", NULL };
const WeirOpt weirFormatOptions[] = { WEIR_FORMAT_ROW(0), { NULL } };

int WeirFormatWords(Tcl_Interp *interp, const char *room, int objc,
                    Tcl_Obj *const words[], WeirFormat *format)
{
    int chosen = 0;
    if (WeirOptRead(interp, room, weirFormatOptions, &chosen, sizeof chosen, objc, words,
                    NULL) != TCL_OK)
        return TCL_ERROR;
    *format = (WeirFormat)chosen;
    return TCL_OK;
}

WeirResult *WeirResultNew(void)
{
    return calloc(1, sizeof(WeirResult));
}

void WeirResultFree(WeirResult *result)
{
    WeirResult *child, *next;
    if (!result)
        return;
    for (child = result->first; child; child = next) {
        next = child->next;
        WeirResultFree(child);
    }
    free(result->key);
    free(result->text);
    free(result->reals);
    free(result);
}

void WeirResultAdopt(WeirResult *parent, const char *key, WeirResult *child)
{
    child->key = key ? strdup(key) : NULL;
    if (parent->last)
        parent->last->next = child;
    else
        parent->first = child;
    parent->last = child;
}

static WeirResult *Add(WeirResult *parent, const char *key, int kind)
{
    WeirResult *node = WeirResultNew();
    node->kind = kind;
    WeirResultAdopt(parent, key, node);
    return node;
}

void WeirResultInt(WeirResult *parent, const char *key, int64_t value)
{
    Add(parent, key, INTEGER)->integer = value;
}

void WeirResultReal(WeirResult *parent, const char *key, double value)
{
    Add(parent, key, REAL)->real = value;
}

void WeirResultText(WeirResult *parent, const char *key, const char *value)
{
    Add(parent, key, TEXT)->text = strdup(value ? value : "");
}

void WeirResultReals(WeirResult *parent, const char *key, const double *values,
                     size_t count)
{
    WeirResult *node = Add(parent, key, REALS);
    node->reals = malloc((count ? count : 1) * sizeof *node->reals);
    if (node->reals && count)
        memcpy(node->reals, values, count * sizeof *node->reals);
    node->count = node->reals ? count : 0;
}

WeirResult *WeirResultDict(WeirResult *parent, const char *key)
{
    return Add(parent, key, DICT);
}

WeirResult *WeirResultList(WeirResult *parent, const char *key)
{
    return Add(parent, key, LIST);
}

WeirResult *WeirResultNewList(void)
{
    WeirResult *list = WeirResultNew();
    list->kind = LIST;
    return list;
}

/* ------------------------------------------------------------ dict */

static Tcl_Obj *RealObj(double value)
{
    return isnan(value) ? Tcl_NewObj() : Tcl_NewDoubleObj(value);
}

static Tcl_Obj *AsDict(const WeirResult *node)
{
    const WeirResult *child;
    Tcl_Obj *obj;
    size_t i;
    switch (node->kind) {
    case DICT:
        obj = Tcl_NewDictObj();
        for (child = node->first; child; child = child->next)
            Tcl_DictObjPut(NULL, obj, Tcl_NewStringObj(child->key, -1), AsDict(child));
        return obj;
    case LIST:
        obj = Tcl_NewListObj(0, NULL);
        for (child = node->first; child; child = child->next)
            Tcl_ListObjAppendElement(NULL, obj, AsDict(child));
        return obj;
    case INTEGER:
        return Tcl_NewWideIntObj(node->integer);
    case REAL:
        return RealObj(node->real);
    case REALS:
        obj = Tcl_NewListObj(0, NULL);
        for (i = 0; i < node->count; i++)
            Tcl_ListObjAppendElement(NULL, obj, RealObj(node->reals[i]));
        return obj;
    default:
        return Tcl_NewStringObj(node->text, -1);
    }
}

/* ------------------------------------------------------------ JSON (RFC 8259) */

static void JsonString(Tcl_Obj *out, const char *text)
{
    const char *run = text;
    Tcl_AppendToObj(out, "\"", 1);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        Tcl_AppendToObj(out, run, (Tcl_Size)(text - run));
        if (c == '"' || c == '\\')
            Tcl_AppendPrintfToObj(out, "\\%c", c);
        else
            Tcl_AppendPrintfToObj(out, "\\u%04x", c);
        run = text + 1;
    }
    Tcl_AppendToObj(out, run, (Tcl_Size)(text - run));
    Tcl_AppendToObj(out, "\"", 1);
}

static void RealText(double value, char *buf, size_t room, const char *undefined)
{
    if (isnan(value))
        snprintf(buf, room, "%s", undefined);
    else
        snprintf(buf, room, "%.15g", value);
}

static void JsonReal(Tcl_Obj *out, double value)
{
    char buf[40];
    RealText(isinf(value) ? NAN : value, buf, sizeof buf, "null");
    Tcl_AppendToObj(out, buf, -1);
}

static void AsJson(const WeirResult *node, Tcl_Obj *out, int depth)
{
    const WeirResult *child;
    size_t i;
    switch (node->kind) {
    case DICT:
    case LIST:
        Tcl_AppendToObj(out, node->kind == DICT ? "{" : "[", 1);
        for (child = node->first; child; child = child->next) {
            Tcl_AppendPrintfToObj(out, "\n%*s", 2 * (depth + 1), "");
            if (node->kind == DICT) {
                JsonString(out, child->key);
                Tcl_AppendToObj(out, ": ", 2);
            }
            AsJson(child, out, depth + 1);
            if (child->next)
                Tcl_AppendToObj(out, ",", 1);
        }
        if (node->first)
            Tcl_AppendPrintfToObj(out, "\n%*s", 2 * depth, "");
        Tcl_AppendToObj(out, node->kind == DICT ? "}" : "]", 1);
        break;
    case INTEGER:
        Tcl_AppendPrintfToObj(out, "%lld", (long long)node->integer);
        break;
    case REAL:
        JsonReal(out, node->real);
        break;
    case REALS:
        for (i = 0; i < node->count; i++) {
            Tcl_AppendToObj(out, i ? ", " : "[", -1);
            JsonReal(out, node->reals[i]);
        }
        Tcl_AppendToObj(out, node->count ? "]" : "[]", -1);
        break;
    default:
        JsonString(out, node->text);
    }
}

/* ------------------------------------------------------------ tables */

static const WeirResult *ChildAt(const WeirResult *row, const char *key)
{
    const WeirResult *child;
    for (child = row->first; child; child = child->next)
        if (child->key && strcmp(child->key, key) == 0)
            return child;
    return NULL;
}

/* A leaf as text into a fresh Tcl object; a nested node as its dict form. */
static Tcl_Obj *Cell(const WeirResult *node, const char *undefined, int people)
{
    char buf[40];
    if (!node)
        return Tcl_NewStringObj(undefined, -1);
    if (node->kind == REAL) {
        if (people && !isnan(node->real))
            snprintf(buf, sizeof buf, "%.6g", node->real);
        else
            RealText(node->real, buf, sizeof buf, undefined);
        return Tcl_NewStringObj(buf, -1);
    }
    return AsDict(node);
}

static int IsTable(const WeirResult *node)
{
    const WeirResult *child;
    for (child = node->first; child; child = child->next)
        if (child->kind != DICT)
            return 0;
    return node->first != NULL;
}

/* The unit of a figure, for people: by how its key begins. */
static const char *UnitOf(const char *key)
{
    static const struct {
        const char *begin, *unit;
    } units[] = { { "delay", "s" },         { "jitter", "s" },
                  { "late", "s" },          { "idtDev", "s" },
                  { "elapsed", "s" },       { "behind", "s" },
                  { "blocked", "s" },       { "tcpBusy", "s" },
                  { "tcpWindow", "s" },     { "tcpBuffer", "s" },
                  { "bitRate", "bit/s" },   { "packetRate", "pkt/s" },
                  { "askedRate", "pkt/s" }, { "bytes", "bytes" } };
    size_t i;
    for (i = 0; i < sizeof units / sizeof *units; i++)
        if (strncmp(key, units[i].begin, strlen(units[i].begin)) == 0)
            return units[i].unit;
    return NULL;
}

/* A figure with its unit, for people: "110.1 us", "68.8 kbit/s", "25800 bytes". */
static Tcl_Obj *Figure(const WeirResult *node, const char *unit)
{
    static const char *const small[] = { "", "m", "u", "n" };
    static const char *const large[] = { "", "k", "M", "G" };
    double value = node->real;
    int i = 0;
    if (node->kind == INTEGER)
        return Tcl_ObjPrintf("%lld %s", (long long)node->integer, unit);
    if (strcmp(unit, "s") == 0) {
        for (; value != 0 && fabs(value) < 1 && i < 3; i++)
            value *= 1e3;
        return Tcl_ObjPrintf("%.4g %s%s", value, small[i], unit);
    }
    if (strcmp(unit, "bit/s") != 0)
        return Tcl_ObjPrintf("%.6g %s", value, unit);
    for (; value >= 1e3 && i < 3; i++)
        value /= 1e3;
    return Tcl_ObjPrintf("%.4g %s%s", value, large[i], unit);
}

/* The value of what is no table. */
static Tcl_Obj *RecordCell(const WeirResult *node, const char *undefined, int people)
{
    const char *unit = people && node->key ? UnitOf(node->key) : NULL;
    int known = node->kind == INTEGER || (node->kind == REAL && !isnan(node->real));
    int empty = node->kind == TEXT ? !*node->text : node->kind == LIST && !node->first;
    if (people && empty)
        return Tcl_NewStringObj(undefined, -1);
    return unit && known ? Figure(node, unit) : Cell(node, undefined, people);
}

/* A row for each leaf: its key, if there is one, and the value.  For people what is
 * nested has rows of its own, with the keys that lead to it. */
static void AddRecordRows(Tcl_Obj *rows, const WeirResult *node, const char *path,
                          const char *undefined, int people)
{
    const WeirResult *child;
    int number = 0;
    for (child = node->first; child; child = child->next) {
        Tcl_Obj *row = Tcl_NewListObj(0, NULL), *name;
        number++;
        name = child->key ? Tcl_ObjPrintf("%s%s", path, child->key)
                          : Tcl_ObjPrintf("%s%d", path, number);
        Tcl_IncrRefCount(name);
        if (people && child->first) {
            Tcl_AppendToObj(name, " ", 1);
            AddRecordRows(rows, child, Tcl_GetString(name), undefined, people);
            Tcl_DecrRefCount(row);
        } else {
            if (child->key || *path)
                Tcl_ListObjAppendElement(NULL, row, name);
            Tcl_ListObjAppendElement(NULL, row, RecordCell(child, undefined, people));
            Tcl_ListObjAppendElement(NULL, rows, row);
        }
        Tcl_DecrRefCount(name);
    }
}

/* Rows of cells, the first row of a table the head. */
static Tcl_Obj *AsRows(const WeirResult *node, const char *undefined, int people)
{
    Tcl_Obj *rows = Tcl_NewListObj(0, NULL);
    const WeirResult *child, *column;
    if (!IsTable(node)) {
        AddRecordRows(rows, node, "", undefined, people);
        return rows;
    }
    {
        Tcl_Obj *head = Tcl_NewListObj(0, NULL);
        if (node->kind == DICT)
            Tcl_ListObjAppendElement(NULL, head, Tcl_NewStringObj("name", -1));
        for (column = node->first->first; column; column = column->next)
            Tcl_ListObjAppendElement(NULL, head, Tcl_NewStringObj(column->key, -1));
        Tcl_ListObjAppendElement(NULL, rows, head);
    }
    for (child = node->first; child; child = child->next) {
        Tcl_Obj *row = Tcl_NewListObj(0, NULL);
        if (node->kind == DICT)
            Tcl_ListObjAppendElement(NULL, row, Tcl_NewStringObj(child->key, -1));
        for (column = node->first->first; column; column = column->next)
            Tcl_ListObjAppendElement(
                NULL, row, Cell(ChildAt(child, column->key), undefined, people));
        Tcl_ListObjAppendElement(NULL, rows, row);
    }
    return rows;
}

static void CsvField(Tcl_Obj *out, const char *text)
{
    if (strpbrk(text, "\",\r\n")) {
        const char *quote;
        Tcl_AppendToObj(out, "\"", 1);
        while ((quote = strchr(text, '"'))) { /* doubled, RFC 4180 */
            Tcl_AppendToObj(out, text, (Tcl_Size)(quote - text));
            Tcl_AppendToObj(out, "\"\"", 2);
            text = quote + 1;
        }
        Tcl_AppendToObj(out, text, -1);
        Tcl_AppendToObj(out, "\"", 1);
    } else {
        Tcl_AppendToObj(out, text, -1);
    }
}

static Tcl_Obj *RowsCsv(Tcl_Obj *rows)
{
    Tcl_Obj *out = Tcl_NewObj(), **row, **cell;
    Tcl_Size nrows, ncells, i, j;
    Tcl_ListObjGetElements(NULL, rows, &nrows, &row);
    for (i = 0; i < nrows; i++) {
        Tcl_ListObjGetElements(NULL, row[i], &ncells, &cell);
        for (j = 0; j < ncells; j++) {
            if (j > 0)
                Tcl_AppendToObj(out, ",", 1);
            CsvField(out, Tcl_GetString(cell[j]));
        }
        Tcl_AppendToObj(out, "\n", 1);
    }
    return out;
}

static int LooksNumeric(const char *text)
{
    return isdigit((unsigned char)*text) || *text == '-' || *text == '.';
}

static const char *CellText(Tcl_Obj *row, Tcl_Size j)
{
    Tcl_Obj *cell = NULL;
    Tcl_ListObjIndex(NULL, row, j, &cell);
    return cell ? Tcl_GetString(cell) : "";
}

/* The one table formatter: columns padded, numbers to the right, a head as its column. */
static Tcl_Obj *RowsText(Tcl_Obj *rows, int headed)
{
    Tcl_Obj *out = Tcl_NewObj(), **row, **cell;
    Tcl_Size nrows, ncells, i, j;
    int width[64] = { 0 };
    Tcl_ListObjGetElements(NULL, rows, &nrows, &row);
    for (i = 0; i < nrows; i++) {
        Tcl_ListObjGetElements(NULL, row[i], &ncells, &cell);
        for (j = 0; j < ncells && j < 64; j++) {
            int len = (int)Tcl_GetCharLength(cell[j]);
            if (len > width[j])
                width[j] = len;
        }
    }
    for (i = 0; i < nrows; i++) {
        Tcl_ListObjGetElements(NULL, row[i], &ncells, &cell);
        for (j = 0; j < ncells && j < 64; j++) {
            const char *text = Tcl_GetString(cell[j]);
            int pad = width[j] - (int)Tcl_GetCharLength(cell[j]);
            int right = headed && j > 0 &&
                        LooksNumeric(i == 0 && nrows > 1 ? CellText(row[1], j) : text);
            if (j > 0)
                Tcl_AppendToObj(out, "  ", 2);
            if (right)
                Tcl_AppendPrintfToObj(out, "%*s", pad, "");
            Tcl_AppendToObj(out, text, -1);
            if (!right && j + 1 < ncells)
                Tcl_AppendPrintfToObj(out, "%*s", pad, "");
        }
        if (i + 1 < nrows)
            Tcl_AppendToObj(out, "\n", 1);
    }
    return out;
}

/* One number or word of a table for people. */
static Tcl_Obj *ColumnCell(const WeirResult *node, const WeirColumn *column)
{
    double value;
    if (!node || (node->kind != INTEGER && node->kind != REAL) || column->scale == 0)
        return Cell(node, "-", 1);
    value = node->kind == REAL ? node->real : (double)node->integer;
    if (isnan(value))
        return Tcl_NewStringObj("-", 1);
    return Tcl_ObjPrintf("%.*f", column->decimals, value * column->scale);
}

/* Whether a column says anything: one of words, such as reasons, that are all empty does
 * not. */
static int IsTold(const WeirResult *rows, const WeirColumn *column)
{
    const WeirResult *child, *node;
    for (child = rows->first; child; child = child->next) {
        node = ChildAt(child, column->key);
        if (!node || node->kind != TEXT || *node->text)
            return 1;
    }
    return !rows->first;
}

Tcl_Obj *WeirResultTable(const WeirResult *result, const WeirColumn *columns)
{
    Tcl_Obj *rows = Tcl_NewListObj(0, NULL), *row = Tcl_NewListObj(0, NULL), *out;
    const WeirResult *child;
    const WeirColumn *column;
    Tcl_IncrRefCount(rows);
    if (result->kind == DICT)
        Tcl_ListObjAppendElement(NULL, row, Tcl_NewStringObj("name", -1));
    for (column = columns; column->key; column++)
        if (IsTold(result, column))
            Tcl_ListObjAppendElement(NULL, row, Tcl_NewStringObj(column->head, -1));
    Tcl_ListObjAppendElement(NULL, rows, row);
    for (child = result->first; child; child = child->next) {
        row = Tcl_NewListObj(0, NULL);
        if (result->kind == DICT)
            Tcl_ListObjAppendElement(NULL, row, Tcl_NewStringObj(child->key, -1));
        for (column = columns; column->key; column++)
            if (IsTold(result, column))
                Tcl_ListObjAppendElement(NULL, row,
                                         ColumnCell(ChildAt(child, column->key), column));
        Tcl_ListObjAppendElement(NULL, rows, row);
    }
    out = RowsText(rows, 1);
    Tcl_DecrRefCount(rows);
    return out;
}

Tcl_Obj *WeirResultObj(const WeirResult *result, WeirFormat format)
{
    Tcl_Obj *rows, *out;
    if (format == WEIR_FORMAT_DICT || format == WEIR_FORMAT_AUTO)
        return AsDict(result);
    if (format == WEIR_FORMAT_JSON) {
        out = Tcl_NewObj();
        AsJson(result, out, 0);
        return out;
    }
    rows =
        AsRows(result, format == WEIR_FORMAT_CSV ? "" : "-", format == WEIR_FORMAT_TEXT);
    Tcl_IncrRefCount(rows);
    out = format == WEIR_FORMAT_CSV ? RowsCsv(rows) : RowsText(rows, IsTable(result));
    Tcl_DecrRefCount(rows);
    return out;
}

/* ------------------------------------------------------------ people at the prompt */

#define SHOWN_KEY "weir.shown"

typedef struct Shown {
    Tcl_Obj *value, *text; /* references, so that no other value gets this address */
} Shown;

static void ForgetShown(Shown *shown)
{
    if (shown->value) {
        Tcl_DecrRefCount(shown->value);
        Tcl_DecrRefCount(shown->text);
    }
    shown->value = shown->text = NULL;
}

static void FreeShown(void *data, Tcl_Interp *interp)
{
    ForgetShown(data);
    free(data);
}

int WeirResultPeople(Tcl_Interp *interp)
{
    return Tcl_GetAssocData(interp, SHOWN_KEY, NULL) != NULL;
}

void WeirResultShow(Tcl_Interp *interp, Tcl_Obj *value, Tcl_Obj *text)
{
    Shown *shown = Tcl_GetAssocData(interp, SHOWN_KEY, NULL);
    Tcl_IncrRefCount(text);
    if (!shown) {
        Tcl_DecrRefCount(text);
        return;
    }
    ForgetShown(shown);
    shown->value = value;
    shown->text = text;
    Tcl_IncrRefCount(value);
}

static int ShownCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    Shown *shown = Tcl_GetAssocData(interp, SHOWN_KEY, NULL);
    if (objc != 2)
        return WeirTclUsage(interp, "HELP", objv, 1, "VALUE", NULL);
    if (!shown) {
        shown = calloc(1, sizeof *shown);
        if (!shown)
            return WeirTclFail(interp, "HELP", WEIR_E_MEMORY, "out of memory");
        Tcl_SetAssocData(interp, SHOWN_KEY, FreeShown, shown);
    }
    Tcl_SetObjResult(interp, shown->value == objv[1] ? shown->text : objv[1]);
    ForgetShown(shown);
    return TCL_OK;
}

void WeirResultInit(Tcl_Interp *interp)
{
    Tcl_CreateObjCommand(interp, "::weir::shown", ShownCmd, NULL, NULL);
}

void WeirResultAnswer(Tcl_Interp *interp, const WeirResult *result, WeirFormat format,
                      const WeirColumn *columns, const char *tail)
{
    Tcl_Obj *text = NULL, *value;
    if (format == WEIR_FORMAT_TEXT ||
        (format == WEIR_FORMAT_AUTO && WeirResultPeople(interp))) {
        text = WeirResultTable(result, columns);
        Tcl_AppendToObj(text, tail, -1);
    }
    value = format == WEIR_FORMAT_TEXT ? text : WeirResultObj(result, format);
    Tcl_SetObjResult(interp, value);
    if (text && text != value)
        WeirResultShow(interp, value, text);
}

int WeirResultReturn(Tcl_Interp *interp, WeirResult *result, WeirFormat format)
{
    Tcl_Obj *value = WeirResultObj(result, format);
    Tcl_SetObjResult(interp, value);
    if (format == WEIR_FORMAT_AUTO && WeirResultPeople(interp))
        WeirResultShow(interp, value, WeirResultObj(result, WEIR_FORMAT_TEXT));
    WeirResultFree(result);
    return TCL_OK;
}

int WeirResultReturnRows(Tcl_Interp *interp, WeirResult *rows, const WeirColumn *columns,
                         WeirFormat format)
{
    WeirResultAnswer(interp, rows, format, columns, "");
    WeirResultFree(rows);
    return TCL_OK;
}
