/* The error path and the making of families. */
#include "config.h"
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/nearest.h"
#include "tcl/opt.h"
#include "tcl/progress.h"
#include "tcl/publish.h"
#include "tcl/weirTcl.h"

int WeirTclError(Tcl_Interp *interp, const char *room, const WeirErr *err)
{
    Tcl_Obj *code[4];
    int n = 3;
    if (!interp)
        return TCL_ERROR;
    code[0] = Tcl_NewStringObj("WEIR", -1);
    code[1] = Tcl_NewStringObj(room, -1);
    code[2] = Tcl_NewStringObj(WeirErrReason(err->code), -1);
    if (err->sysErrno)
        code[n++] = Tcl_NewStringObj(WeirErrnoName(err->sysErrno), -1);
    Tcl_SetObjResult(interp, Tcl_NewStringObj(err->text, -1));
    Tcl_SetObjErrorCode(interp, Tcl_NewListObj(n, code));
    return TCL_ERROR;
}

int WeirTclFail(Tcl_Interp *interp, const char *room, int code, const char *fmt, ...)
{
    WeirErr err = { code, 0, "" };
    va_list args;
    va_start(args, fmt);
    vsnprintf(err.text, sizeof err.text, fmt, args);
    va_end(args);
    return WeirTclError(interp, room, &err);
}

int WeirTclUnknown(Tcl_Interp *interp, const char *room, const char *text,
                   const void *words, size_t stride, const char *what)
{
    WeirErr err;
    WeirNearestFail(&err, text, words, stride, what);
    return WeirTclError(interp, room, &err);
}

int WeirTclUnknownOf(Tcl_Interp *interp, const char *room, const char *text,
                     Tcl_Obj *list, const char *what)
{
    Tcl_Size count, i;
    Tcl_Obj **items;
    const char **words;
    if (Tcl_ListObjGetElements(interp, list, &count, &items) != TCL_OK)
        return TCL_ERROR;
    words = calloc((size_t)count + 1, sizeof *words);
    if (!words)
        return WeirTclFail(interp, room, WEIR_E_MEMORY, "out of memory");
    for (i = 0; i < count; i++)
        words[i] = Tcl_GetString(items[i]);
    if (count == 0)
        WeirTclFail(interp, room, WEIR_E_ARG, "there is no %s named \"%.60s\"", what,
                    text);
    else
        WeirTclUnknown(interp, room, text, words, sizeof *words, what);
    free(words);
    return TCL_ERROR;
}

int WeirTclWord(Tcl_Interp *interp, const char *room, Tcl_Obj *obj, const void *words,
                size_t stride, const char *what, int *index)
{
    const char *text = Tcl_GetString(obj), *word;
    size_t len = strlen(text);
    int i, hit = -1, hits = 0;
    for (i = 0; (word = WeirNearestWord(words, stride, i)); i++) {
        if (strcmp(word, text) == 0) {
            *index = i;
            return TCL_OK;
        }
        if (len > 0 && strncmp(word, text, len) == 0) {
            hit = i;
            hits++;
        }
    }
    if (hits == 1) {
        *index = hit;
        return TCL_OK;
    }
    return WeirTclUnknown(interp, room, text, words, stride, what);
}

int WeirTclUsage(Tcl_Interp *interp, const char *room, Tcl_Obj *const objv[], int skip,
                 const char *args, const WeirOpt *options)
{
    Tcl_Obj *usage = WeirOptUsage(args, options);
    Tcl_DString text;
    int i;
    Tcl_DStringInit(&text);
    for (i = 0; i < skip; i++) {
        const char *word = Tcl_GetString(objv[i]);
        const char *colons;
        if (strncmp(word, "::weir::", 8) == 0)
            word += 8;
        /* FAMILY::SUBCOMMAND is what an ensemble calls: show what was typed. */
        for (; (colons = strstr(word, "::")); word = colons + 2) {
            Tcl_DStringAppend(&text, word, (Tcl_Size)(colons - word));
            Tcl_DStringAppend(&text, " ", 1);
        }
        Tcl_DStringAppend(&text, word, -1);
        Tcl_DStringAppend(&text, " ", 1);
    }
    Tcl_DStringAppend(&text, Tcl_GetString(usage), -1);
    Tcl_DecrRefCount(usage);
    WeirTclFail(interp, room, WEIR_E_ARG, "wrong number of words: use %s",
                Tcl_DStringValue(&text));
    Tcl_DStringFree(&text);
    return TCL_ERROR;
}

/* The room of a family, "FLOW", in a string to be freed by the caller. */
static const char *RoomOf(const char *family, Tcl_DString *room)
{
    const char *colons = strrchr(family, ':');
    Tcl_DStringInit(room);
    Tcl_DStringAppend(room, colons ? colons + 1 : family, -1);
    Tcl_UtfToUpper(Tcl_DStringValue(room));
    return Tcl_DStringValue(room);
}

/* A subcommand as Tcl holds it.  It is non-recursive, so that one which waits can yield
 * in a coroutine. */
typedef struct Bound {
    const WeirSubcommand *row;
    const char *family;
    void *clientData;
} Bound;

static int RunBound(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    const Bound *bound = data;
    const WeirSubcommand *row = bound->row;
    WeirProgressLine line;
    Tcl_DString room;
    int rc;
    if (objc - 1 >= row->minWords && (row->maxWords < 0 || objc - 1 <= row->maxWords)) {
        WeirProgressBegin(&line, interp);
        rc = row->proc(bound->clientData, interp, objc, objv);
        WeirProgressEnd(&line);
        return rc;
    }
    WeirTclUsage(interp, RoomOf(bound->family, &room), objv, 1, row->args, row->options);
    Tcl_DStringFree(&room);
    return TCL_ERROR;
}

static int CallBound(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Tcl_NRCallObjProc(interp, RunBound, data, objc, objv);
}

static void FreeBound(void *data)
{
    free(data);
}

/* ::weir::UnknownSubcommand ENSEMBLE WORD ...: a word that no row of the family starts
 * with, or several. */
static int UnknownSubcommand(void *data, Tcl_Interp *interp, int objc,
                             Tcl_Obj *const objv[])
{
    const WeirSubcommand *table = data;
    Tcl_DString room;
    int index;
    WeirTclWord(interp, RoomOf(Tcl_GetString(objv[1]), &room), objv[2], table,
                sizeof *table, "subcommand", &index);
    Tcl_DStringFree(&room);
    return TCL_ERROR;
}

static void SetUnknown(Tcl_Interp *interp, const char *family,
                       const WeirSubcommand *table, Tcl_Command token)
{
    Tcl_Obj *name = Tcl_ObjPrintf("::weir::%s::UnknownSubcommand", family), *prefix;
    Tcl_IncrRefCount(name);
    Tcl_CreateObjCommand(interp, Tcl_GetString(name), UnknownSubcommand,
                         (void *)(uintptr_t)table, NULL);
    prefix = Tcl_NewListObj(1, &name);
    Tcl_IncrRefCount(prefix);
    Tcl_SetEnsembleUnknownHandler(interp, token, prefix);
    Tcl_DecrRefCount(prefix);
    Tcl_DecrRefCount(name);
}

int WeirFamilyCreate(Tcl_Interp *interp, const char *family, const WeirSubcommand *table,
                     void *clientData)
{
    Tcl_DString name;
    Tcl_Namespace *ns, *root;
    Tcl_Obj *map = Tcl_NewDictObj();
    Tcl_Command token;
    Bound *bound;
    const WeirSubcommand *row;
    Tcl_DStringInit(&name);
    Tcl_DStringAppend(&name, "::weir::", -1);
    Tcl_DStringAppend(&name, family, -1);
    ns = Tcl_CreateNamespace(interp, Tcl_DStringValue(&name), NULL, NULL);
    root = Tcl_FindNamespace(interp, "::weir", NULL, 0);
    Tcl_IncrRefCount(map);
    for (row = table; ns && row->name; row++) {
        Tcl_Obj *full = Tcl_ObjPrintf("::weir::%s::%s", family, row->name);
        Tcl_IncrRefCount(full);
        bound = calloc(1, sizeof *bound);
        if (bound) {
            *bound = (Bound){ row, family, clientData };
            Tcl_NRCreateCommand(interp, Tcl_GetString(full), CallBound, RunBound, bound,
                                FreeBound);
        }
        Tcl_DictObjPut(interp, map, Tcl_NewStringObj(row->name, -1), full);
        Tcl_DecrRefCount(full);
    }
    token =
        ns ? Tcl_CreateEnsemble(interp, Tcl_DStringValue(&name), ns, TCL_ENSEMBLE_PREFIX)
           : NULL;
    if (token) {
        Tcl_SetEnsembleMappingDict(interp, token, map);
        SetUnknown(interp, family, table, token);
    }
    if (root)
        Tcl_Export(interp, root, family, 0);
    WeirPublish(interp, WEIR_P_COMMANDS, family, table);
    Tcl_DecrRefCount(map);
    Tcl_DStringFree(&name);
    return token ? TCL_OK : TCL_ERROR;
}
