#include "config.h"
#include <math.h>
#include <stdlib.h>
#include <strings.h>
#include "base/progress.h"
#include "tcl/numbers.h"

static int GetNumber(Tcl_Obj *obj, double *number)
{
    const char *text;
    if (Tcl_GetDoubleFromObj(NULL, obj, number) == TCL_OK)
        return 1;
    text = Tcl_GetString(obj); /* Tcl refuses NaN as a number */
    *number = NAN;
    return *text == '\0' || strcasecmp(text + (*text == '-' || *text == '+'), "nan") == 0;
}

/* All elements are converted before the caller looks at another list: one object may be
 * an element here and a list there, and turning it into one destroys the other. */
int WeirNumbersGet(Tcl_Interp *interp, const char *room, const char *option,
                   Tcl_Obj *list, double **numbers, Tcl_Size *count)
{
    Tcl_Obj **elements;
    Tcl_Size i;
    WeirErr err;
    *numbers = NULL;
    *count = 0;
    if (!list)
        return TCL_OK;
    if (Tcl_ListObjGetElements(NULL, list, count, &elements) != TCL_OK)
        return WeirTclFail(interp, room, WEIR_E_ARG, "option %s: not a list of numbers",
                           option);
    *numbers = malloc(((size_t)*count + 1) * sizeof **numbers);
    if (!*numbers)
        return WeirTclFail(interp, room, WEIR_E_MEMORY, "out of memory");
    for (i = 0; i < *count; i++) {
        if (WeirProgressStep(option, NULL, (size_t)i, (size_t)*count, &err) < 0)
            return WeirTclError(interp, room, &err);
        if (!GetNumber(elements[i], &(*numbers)[i]))
            return WeirTclFail(interp, room, WEIR_E_ARG,
                               "option %s: element %ld \"%.60s\" is not a number: use "
                               "numbers, or \"\" and NaN where there is none",
                               option, (long)i, Tcl_GetString(elements[i]));
    }
    return TCL_OK;
}
