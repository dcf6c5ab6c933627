#include "config.h"
#include <stdio.h>
#include "tcl/source.h"

static void MakeKey(const char *word, char key[64])
{
    snprintf(key, 64, "weir.source.%s", word);
}

void WeirSourceOffer(Tcl_Interp *interp, const WeirSource *source)
{
    char key[64];
    MakeKey(source->word, key);
    Tcl_SetAssocData(interp, key, NULL, (void *)source);
}

const WeirSource *WeirSourceFind(Tcl_Interp *interp, const char *word)
{
    char key[64];
    MakeKey(word, key);
    return Tcl_GetAssocData(interp, key, NULL);
}
