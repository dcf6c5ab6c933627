/* Object commands: `FAMILY create ?NAME? -option value ...` makes a command NAME whose
 * first word is a method.  Deleting the command (NAME destroy, rename NAME "", end of the
 * interpreter, `exit`) destroys the object: one path.
 *
 * Events: `-command PREFIX` of an object is called from the Tcl event loop as
 * {*}PREFIX NAME EVENT DICT.  Errors in it go to [interp bgerror]. */
#ifndef WEIR_OBJECT_H
#define WEIR_OBJECT_H
#include "tcl/opt.h"

typedef struct WeirObject WeirObject;

/* One method: `words` are those after the method's name. */
typedef struct WeirMethod {
    const char *name;
    int (*proc)(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[]);
    int minWords, maxWords; /* maxWords -1: no limit */
    const char *args;       /* "?COUNT?", see WeirOptUsage */
    const char *help;       /* one line */
    const WeirOpt *options; /* that the words end with; NULL: none, or others */
} WeirMethod;

enum { WEIR_METHODS_MAX = 30 };

typedef struct WeirClass {
    const char *family;        /* "flow"; unnamed objects are flow1, flow2, ... */
    const char *room;          /* "FLOW", in error codes */
    const WeirMethod *methods; /* up to WEIR_METHODS_MAX, ends with a NULL name;
                                * `configure`, `cget` and `destroy` are added */
    /* Options of `create`, `configure` and `cget`: where an implementation has their
     * record, and the rules for several of them (NULL: none), as WeirOptApply has it. */
    const WeirOpt *options;
    size_t record, recordBytes;
    int (*check)(void *record, WeirErr *err);
    /* The implementation: its bytes, which are zeroed, or what makes it. */
    size_t bytes;
    void *(*make)(void);
    /* Called when its options are set and its command exists; an error undoes both. */
    int (*begin)(void *impl, Tcl_Interp *interp, WeirObject *object);
    /* Around `configure -option value ...`: whether options may change now, and what
     * follows from the change.  Either may be NULL. */
    int (*mayChange)(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[]);
    int (*changed)(void *impl, Tcl_Interp *interp, int objc, Tcl_Obj *const words[]);
    /* Stops and releases the implementation and its options; it may not have begun. */
    void (*free)(void *impl);
} WeirClass;

/* Make a family of objects: `table` has its subcommands, which get the class as their
 * data.  WeirObjectCreateCmd and WeirObjectNamesCmd may be among them. */
int WeirObjectFamily(Tcl_Interp *interp, const WeirClass *cls,
                     const WeirSubcommand *table);
#define WEIR_CREATE_WORDS "?NAME? ?-option value ...?"
Tcl_ObjCmdProc WeirObjectCreateCmd, WeirObjectNamesCmd;

/* The body of `create`, the words after it: an object whose command is in the caller's
 * current namespace.  A first word without "-" is its name, else it gets a fresh one; an
 * existing command of that name is refused.  The result is the name. */
int WeirObjectCreate(Tcl_Interp *interp, const WeirClass *cls, int objc,
                     Tcl_Obj *const words[]);

/* Look an object of the class up by its command's name, which like any command's may be
 * relative to the caller's namespace; NULL and an error. */
WeirObject *WeirObjectFind(Tcl_Interp *interp, const WeirClass *cls, Tcl_Obj *name);
/* The same of whatever class, without an error (WeirObjectFindAny of publish.h has one).
 */
WeirObject *WeirObjectCalled(Tcl_Interp *interp, Tcl_Obj *name);

/* The name of the object with this implementation. */
Tcl_Obj *WeirObjectNameOf(Tcl_Interp *interp, const WeirClass *cls, const void *impl);

/* Implementation, class, full name (as `FAMILY names` gives it) and serial number (1, 2,
 * ... per class and interpreter, never reused). */
void *WeirObjectImpl(WeirObject *object);
const WeirClass *WeirObjectClass(WeirObject *object);
Tcl_Obj *WeirObjectName(WeirObject *object);
int WeirObjectNumber(WeirObject *object);

/* The methods of a class, from 0, those that all have at the end; NULL behind the last.
 */
const WeirMethod *WeirClassMethod(const WeirClass *cls, int at);

/* Put every object of the class into `dict`: its name and `family`. */
void WeirObjectPutAll(Tcl_Interp *interp, const WeirClass *cls, const char *family,
                      Tcl_Obj *dict);

/* All objects of the class, oldest first: sets the result to their names. */
int WeirObjectNames(Tcl_Interp *interp, const WeirClass *cls);
/* The same as an array of implementations, NULL-terminated, to be freed with free(). */
void **WeirObjectAll(Tcl_Interp *interp, const WeirClass *cls);

/* Call an event prefix (may be NULL) with NAME EVENT DICT.  Takes over `dict`.  The
 * object may be gone when this returns: use WeirObjectPreserve/Release around further
 * use. */
void WeirObjectEvent(WeirObject *object, Tcl_Obj *prefix, const char *event,
                     Tcl_Obj *dict);
void WeirObjectPreserve(WeirObject *object);
/* Returns 0 when the object was destroyed meanwhile. */
int WeirObjectRelease(WeirObject *object);

#endif
