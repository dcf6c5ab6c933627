/* Lists of numbers as arrays. */
#ifndef WEIR_NUMBERS_H
#define WEIR_NUMBERS_H
#include "tcl/weirTcl.h"

/* The elements of `list` (NULL: none) as doubles, in memory to be freed with free(), also
 * after an error.  "" and NaN in any spelling become NaN; anything else that is not a
 * number is an error of `room` that names `option` and the element's index. */
int WeirNumbersGet(Tcl_Interp *interp, const char *room, const char *option,
                   Tcl_Obj *list, double **numbers, Tcl_Size *count);

#endif
