#include "config.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "tcl/object.h"
#include "tcl/opt.h"
#include "tcl/publish.h"

/* What is published hangs on the interpreter as a list, oldest first. */
typedef struct Entry {
    struct Entry *next;
    WeirPublished what;
    const void *table;
    Tcl_Obj *prefix; /* in place of a table: a command that answers its rows */
    char family[];
} Entry;

typedef struct Registry {
    Entry *first, **tail;
} Registry;

#define REGISTRY_KEY "weir.published"

static void FreeRegistry(void *data, Tcl_Interp *interp)
{
    Registry *registry = data;
    Entry *e, *next;
    for (e = registry->first; e; e = next) {
        next = e->next;
        if (e->prefix)
            Tcl_DecrRefCount(e->prefix);
        free(e);
    }
    free(registry);
}

static Tcl_Obj *DescribeCall(const char *name, const char *args, const WeirOpt *options,
                             const char *help)
{
    Tcl_Obj *dict = Tcl_NewDictObj();
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("name", -1), Tcl_NewStringObj(name, -1));
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("args", -1), WeirOptUsage(args, options));
    Tcl_DictObjPut(NULL, dict, Tcl_NewStringObj("help", -1), Tcl_NewStringObj(help, -1));
    return dict;
}

/* The rows of a table, as dicts. */
static Tcl_Obj *Describe(const Entry *e)
{
    Tcl_Obj *list = Tcl_NewListObj(0, NULL);
    const WeirOpt *option;
    const WeirSubcommand *command;
    const WeirMethod *method;
    int i;
#define ADD(obj) Tcl_ListObjAppendElement(NULL, list, obj)
    switch (e->what) {
    case WEIR_P_OPTIONS:
        for (option = e->table; option->name; option++)
            ADD(WeirOptDescribe(option));
        break;
    case WEIR_P_COMMANDS:
        for (command = e->table; command->name; command++)
            ADD(DescribeCall(command->name, command->args, command->options,
                             command->help));
        break;
    case WEIR_P_METHODS:
        for (i = 0; (method = WeirClassMethod(e->table, i)); i++)
            ADD(DescribeCall(method->name, method->args, method->options, method->help));
        break;
    }
#undef ADD
    return list;
}

static const char *const commandNames[] = { "options", "commands", "methods" };

static int Answer(Tcl_Interp *interp, WeirPublished what, int objc, Tcl_Obj *const objv[])
{
    const Registry *registry = Tcl_GetAssocData(interp, REGISTRY_KEY, NULL);
    const Entry *e;
    Tcl_Obj *families;
    if (objc > 2)
        return WeirTclUsage(interp, "HELP", objv, 1, "?FAMILY?", NULL);
    families = Tcl_NewListObj(0, NULL);
    for (e = registry->first; e; e = e->next) {
        if (e->what != what)
            continue;
        if (objc == 2 && strcmp(e->family, Tcl_GetString(objv[1])) == 0) {
            Tcl_DecrRefCount(families);
            if (e->prefix)
                return Tcl_EvalObjEx(interp, e->prefix, TCL_EVAL_GLOBAL);
            Tcl_SetObjResult(interp, Describe(e));
            return TCL_OK;
        }
        Tcl_ListObjAppendElement(NULL, families, Tcl_NewStringObj(e->family, -1));
    }
    if (objc == 1) {
        Tcl_SetObjResult(interp, families);
        return TCL_OK;
    }
    Tcl_DecrRefCount(families);
    return WeirTclFail(interp, "HELP", WEIR_E_ARG, "no %s are known for \"%.60s\"",
                       commandNames[what], Tcl_GetString(objv[1]));
}

static Entry *AddEntry(Tcl_Interp *interp, WeirPublished what, const char *family,
                       const void *table);

/* weir::PublishOptions FAMILY PREFIX */
static int PublishOptionsCmd(void *data, Tcl_Interp *interp, int objc,
                             Tcl_Obj *const objv[])
{
    Entry *e;
    if (objc != 3)
        return WeirTclUsage(interp, "HELP", objv, 1, "FAMILY PREFIX", NULL);
    e = AddEntry(interp, WEIR_P_OPTIONS, Tcl_GetString(objv[1]), NULL);
    if (!e)
        return WeirTclFail(interp, "HELP", WEIR_E_MEMORY, "out of memory");
    e->prefix = objv[2];
    Tcl_IncrRefCount(e->prefix);
    return TCL_OK;
}

static int OptionsCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Answer(interp, WEIR_P_OPTIONS, objc, objv);
}

static int CommandsCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Answer(interp, WEIR_P_COMMANDS, objc, objv);
}

static int MethodsCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    return Answer(interp, WEIR_P_METHODS, objc, objv);
}

static Tcl_Obj *AllObjects(Tcl_Interp *interp)
{
    const Registry *registry = Tcl_GetAssocData(interp, REGISTRY_KEY, NULL);
    const Entry *e;
    Tcl_Obj *dict = Tcl_NewDictObj();
    for (e = registry->first; e; e = e->next)
        if (e->what == WEIR_P_METHODS)
            WeirObjectPutAll(interp, e->table, e->family, dict);
    return dict;
}

static const char *FamilyOf(Tcl_Interp *interp, WeirObject *object)
{
    const Registry *registry = Tcl_GetAssocData(interp, REGISTRY_KEY, NULL);
    const Entry *e = registry->first;
    while (e && (e->what != WEIR_P_METHODS || e->table != WeirObjectClass(object)))
        e = e->next;
    return e ? e->family : WeirObjectClass(object)->family;
}

static int ObjectsCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    WeirObject *object;
    Tcl_Obj *dict;
    if (objc > 2)
        return WeirTclUsage(interp, "HELP", objv, 1, "?NAME?", NULL);
    if (objc == 1) {
        Tcl_SetObjResult(interp, AllObjects(interp));
        return TCL_OK;
    }
    dict = Tcl_NewDictObj();
    object = WeirObjectCalled(interp, objv[1]);
    if (object)
        Tcl_DictObjPut(NULL, dict, WeirObjectName(object),
                       Tcl_NewStringObj(FamilyOf(interp, object), -1));
    Tcl_SetObjResult(interp, dict);
    return TCL_OK;
}

WeirObject *WeirObjectFindAny(Tcl_Interp *interp, const char *room, Tcl_Obj *name)
{
    WeirObject *object = WeirObjectCalled(interp, name);
    Tcl_Obj *all, *keys, *key;
    Tcl_DictSearch search;
    int done;
    if (object)
        return object;
    all = AllObjects(interp);
    keys = Tcl_NewListObj(0, NULL);
    Tcl_IncrRefCount(all);
    Tcl_IncrRefCount(keys);
    for (Tcl_DictObjFirst(NULL, all, &search, &key, NULL, &done); !done;
         Tcl_DictObjNext(&search, &key, NULL, &done))
        Tcl_ListObjAppendElement(NULL, keys, key);
    WeirTclUnknownOf(interp, room, Tcl_GetString(name), keys, "object");
    Tcl_DecrRefCount(keys);
    Tcl_DecrRefCount(all);
    return NULL;
}

/* weir::UnknownWord ROOM WHAT WORD WORDS: the error of WeirTclUnknown, for Tcl code. */
static int UnknownWordCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    if (objc != 5)
        return WeirTclUsage(interp, "HELP", objv, 1, "ROOM WHAT WORD WORDS", NULL);
    return WeirTclUnknownOf(interp, Tcl_GetString(objv[1]), Tcl_GetString(objv[3]),
                            objv[4], Tcl_GetString(objv[2]));
}

static Registry *RegistryOf(Tcl_Interp *interp)
{
    Registry *registry = Tcl_GetAssocData(interp, REGISTRY_KEY, NULL);
    if (registry)
        return registry;
    registry = calloc(1, sizeof *registry);
    if (!registry)
        return NULL;
    registry->tail = &registry->first;
    Tcl_SetAssocData(interp, REGISTRY_KEY, FreeRegistry, registry);
    Tcl_CreateObjCommand(interp, "::weir::options", OptionsCmd, NULL, NULL);
    Tcl_CreateObjCommand(interp, "::weir::commands", CommandsCmd, NULL, NULL);
    Tcl_CreateObjCommand(interp, "::weir::methods", MethodsCmd, NULL, NULL);
    Tcl_CreateObjCommand(interp, "::weir::objects", ObjectsCmd, NULL, NULL);
    Tcl_CreateObjCommand(interp, "::weir::PublishOptions", PublishOptionsCmd, NULL, NULL);
    Tcl_CreateObjCommand(interp, "::weir::UnknownWord", UnknownWordCmd, NULL, NULL);
    return registry;
}

static int IsPublished(const Registry *registry, WeirPublished what, const char *family)
{
    const Entry *e;
    for (e = registry->first; e; e = e->next)
        if (e->what == what && strcmp(e->family, family) == 0)
            return 1;
    return 0;
}

/* The options of one row, unless a method and a subcommand share them. */
static void PublishRow(Tcl_Interp *interp, const char *family, const char *name,
                       const WeirOpt *options)
{
    Tcl_Obj *full;
    if (!options)
        return;
    full = Tcl_ObjPrintf("%s %s", family, name);
    if (!IsPublished(RegistryOf(interp), WEIR_P_OPTIONS, Tcl_GetString(full)))
        WeirPublish(interp, WEIR_P_OPTIONS, Tcl_GetString(full), options);
    Tcl_DecrRefCount(full);
}

static void PublishRows(Tcl_Interp *interp, WeirPublished what, const char *family,
                        const void *table)
{
    const WeirClass *cls = table;
    const WeirSubcommand *command = table;
    const WeirMethod *method;
    if (what == WEIR_P_COMMANDS)
        for (; command->name; command++)
            PublishRow(interp, family, command->name, command->options);
    if (what != WEIR_P_METHODS)
        return;
    if (cls->options)
        WeirPublish(interp, WEIR_P_OPTIONS, family, cls->options);
    for (method = cls->methods; method->name; method++)
        PublishRow(interp, family, method->name, method->options);
}

static Entry *AddEntry(Tcl_Interp *interp, WeirPublished what, const char *family,
                       const void *table)
{
    Registry *registry = RegistryOf(interp);
    Entry *e = registry ? calloc(1, sizeof *e + strlen(family) + 1) : NULL;
    if (!e)
        return NULL;
    e->what = what;
    e->table = table;
    strcpy(e->family, family);
    *registry->tail = e;
    registry->tail = &e->next;
    return e;
}

void WeirPublish(Tcl_Interp *interp, WeirPublished what, const char *family,
                 const void *table)
{
    if (AddEntry(interp, what, family, table))
        PublishRows(interp, what, family, table);
}
