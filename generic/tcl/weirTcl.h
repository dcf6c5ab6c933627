/* tcl: what command files share - the error path, values with units, option tables,
 * object commands, results and events.  Used by *Cmd.c files and generic/shell only. */
#ifndef WEIR_TCL_H
#define WEIR_TCL_H
#include <tcl.h>
#include "base/err.h"

#ifndef TCL_SIZE_MAX /* Tcl 8.6 */
typedef int Tcl_Size;
#define TCL_SIZE_MAX      INT_MAX
#define TCL_SIZE_MODIFIER ""
#endif

/* The one way into a Tcl error: result = err->text, -errorcode = {WEIR ROOM REASON ?errno
 * name?}.  `room` is the family in upper case, "FLOW".  Returns TCL_ERROR. */
int WeirTclError(Tcl_Interp *interp, const char *room, const WeirErr *err);

/* The same with the sentence made here; `code` is a WEIR_E_... class. */
int WeirTclFail(Tcl_Interp *interp, const char *room, int code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A word of a list: like Tcl_GetIndexFromObj, but exact or unique-prefix match, with our
 * error of WeirTclUnknown.  `words` ends with NULL; every word starts a structure of
 * `stride` bytes. */
int WeirTclWord(Tcl_Interp *interp, const char *room, Tcl_Obj *obj, const void *words,
                size_t stride, const char *what, int *index);

/* The error for a word that is none of a list: the one that was probably meant, or all of
 * them.  Returns TCL_ERROR. */
int WeirTclUnknown(Tcl_Interp *interp, const char *room, const char *text,
                   const void *words, size_t stride, const char *what);
/* The same of a list in Tcl, which may be empty. */
int WeirTclUnknownOf(Tcl_Interp *interp, const char *room, const char *text,
                     Tcl_Obj *list, const char *what);

/* One subcommand of a family, and the table that makes `FAMILY subcommand ...`: a
 * namespace ensemble ::weir::FAMILY over the commands ::weir::FAMILY::SUBCOMMAND.  `proc`
 * gets the subcommand's name as its first word, and as many words behind it as the row
 * allows. */
typedef struct WeirSubcommand {
    const char *name;
    Tcl_ObjCmdProc *proc;
    int minWords, maxWords;        /* behind the name; maxWords -1: no limit */
    const char *args;              /* "SPEC ?COUNT?", see WeirOptUsage */
    const char *help;              /* one line */
    const struct WeirOpt *options; /* that the words end with; NULL: none, or others */
} WeirSubcommand;

int WeirFamilyCreate(Tcl_Interp *interp, const char *family, const WeirSubcommand *table,
                     void *clientData);

/* Wrong number of words behind the first `skip`: what is to follow them, as WeirOptUsage
 * says it. */
int WeirTclUsage(Tcl_Interp *interp, const char *room, Tcl_Obj *const objv[], int skip,
                 const char *args, const struct WeirOpt *options);

#endif
