/* Results: a small typed tree that prints as a Tcl dict, JSON, CSV or a text table, so
 * that every reporting command answers `-format text|dict|json|csv` from one description.
 */
#ifndef WEIR_RESULT_H
#define WEIR_RESULT_H
#include <stddef.h>
#include <stdint.h>
#include "tcl/opt.h"

/* A node is a dict, a list (of any nodes) or a leaf; children belong to their parent. */
typedef struct WeirResult WeirResult;

WeirResult *WeirResultNew(void); /* a dict */
WeirResult *WeirResultNewList(void);
void WeirResultFree(WeirResult *result);

/* Add to a dict (key given) or a list (key NULL).  Keys are copied. */
void WeirResultInt(WeirResult *parent, const char *key, int64_t value);
void WeirResultReal(WeirResult *parent, const char *key,
                    double value); /* NaN: undefined */
void WeirResultText(WeirResult *parent, const char *key, const char *value);
/* A list of numbers in one leaf: for series, which may be long. */
void WeirResultReals(WeirResult *parent, const char *key, const double *values,
                     size_t count);
WeirResult *WeirResultDict(WeirResult *parent, const char *key);
WeirResult *WeirResultList(WeirResult *parent, const char *key);

/* Put a finished dict into a parent, which takes it over. */
void WeirResultAdopt(WeirResult *parent, const char *key, WeirResult *child);

/* An undefined number is "" in a dict, null in JSON, an empty field in CSV, "-" in text.
 * CSV and text of a list of dicts (or a dict of dicts) are a table with one row per child
 * and the keys of the first child as head; a plain dict gives one "key value" row per
 * key. */
typedef enum WeirFormat {
    WEIR_FORMAT_AUTO, /* none was asked for: a dict, that people at the prompt see as text
                       */
    WEIR_FORMAT_TEXT,
    WEIR_FORMAT_DICT,
    WEIR_FORMAT_JSON,
    WEIR_FORMAT_CSV
} WeirFormat;
extern const char *const weirFormatNames[]; /* auto text dict json csv NULL */

/* The option -format of commands that report: its row, for an int at `offset`; a table of
 * it alone; and its reading from the words behind such a command. */
#define WEIR_FORMAT_ROW(offset)                                                          \
    {                                                                                    \
        "-format", WEIR_O_ENUM, offset, "auto", "",                                      \
            "form of the answer; auto: a dict, which a prompt shows as text",            \
            .choices = weirFormatNames                                                   \
    }
extern const WeirOpt weirFormatOptions[];
int WeirFormatWords(Tcl_Interp *interp, const char *room, int objc,
                    Tcl_Obj *const words[], WeirFormat *format);

Tcl_Obj *WeirResultObj(const WeirResult *result, WeirFormat format);

/* A table for people out of a dict of dicts (its keys become the column "name") or a list
 * of dicts: the chosen keys only, numbers multiplied by `scale` (unless 0) and printed
 * with `decimals`.  Columns of words that are empty in all rows are left out.  Ends with
 * a NULL key. */
typedef struct WeirColumn {
    const char *key, *head; /* head names the unit: "Mbit/s" */
    double scale;
    int decimals;
} WeirColumn;
Tcl_Obj *WeirResultTable(const WeirResult *result, const WeirColumn *columns);

/* Data for programs, text for people.  A prompt asks `weir::shown VALUE` how to print the
 * result of a command: that is VALUE, or where VALUE is the very result of the last
 * command that answered by WEIR_FORMAT_AUTO, its text.  What a program makes of the value
 * is untouched.  The first call begins it; before, no text is made. */
int WeirResultPeople(Tcl_Interp *interp); /* whether a prompt asks so */
void WeirResultShow(Tcl_Interp *interp, Tcl_Obj *value, Tcl_Obj *text);
void WeirResultInit(Tcl_Interp *interp);

/* Set the interpreter's result to `result`, which stays the caller's; as text it is the
 * table of these columns with `tail` behind it. */
void WeirResultAnswer(Tcl_Interp *interp, const WeirResult *result, WeirFormat format,
                      const WeirColumn *columns, const char *tail);

/* Set the interpreter's result and free the tree. */
int WeirResultReturn(Tcl_Interp *interp, WeirResult *result, WeirFormat format);
/* The same of a list, whose text is a table of these columns. */
int WeirResultReturnRows(Tcl_Interp *interp, WeirResult *rows, const WeirColumn *columns,
                         WeirFormat format);

#endif
