/* libweirtk: figures in Tk's windows.  The one file that needs Tk. */
#include "config.h"
#include <stdlib.h>
#include <tk.h>
#include "plot/plotTkCmd.h"

DLLEXPORT int Weirtk_Init(Tcl_Interp *interp);

/* Of an interpreter. */
typedef struct View {
    const WeirPlotTk *plot;
    Tcl_HashTable pictures; /* name of a photo -> WeirPicture, what it shows */
} View;

static void FreeView(void *data, Tcl_Interp *interp)
{
    View *view = data;
    Tcl_HashSearch search;
    Tcl_HashEntry *entry = Tcl_FirstHashEntry(&view->pictures, &search);
    for (; entry; entry = Tcl_NextHashEntry(&search)) {
        view->plot->clear(Tcl_GetHashValue(entry));
        free(Tcl_GetHashValue(entry));
    }
    Tcl_DeleteHashTable(&view->pictures);
    free(view);
}

/* The pixels of a picture into a photo of its size. */
static int Put(Tcl_Interp *interp, Tk_PhotoHandle photo, const WeirPicture *picture)
{
    Tk_PhotoImageBlock block = { (unsigned char *)picture->pixels,
                                 picture->spec.width,
                                 picture->spec.height,
                                 picture->stride,
                                 4,
                                 { 2, 1, 0, -1 } };
    if (Tk_PhotoSetSize(interp, photo, block.width, block.height) != TCL_OK)
        return TCL_ERROR;
    return Tk_PhotoPutBlock(interp, photo, &block, 0, 0, block.width, block.height,
                            TK_PHOTO_COMPOSITE_SET);
}

/* weir::tk::draw FIGURE IMAGE ?-option value ...? */
static int DrawCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    View *view = data;
    Tk_PhotoHandle photo;
    Tcl_HashEntry *entry;
    WeirPicture *picture;
    int isNew, drawn, width, height;
    if (objc < 3)
        return view->plot->fail(interp, "PLOT", WEIR_E_ARG,
                                "wrong words: use %s FIGURE IMAGE ?-option value ...?",
                                Tcl_GetString(objv[0]));
    photo = Tk_FindPhoto(interp, Tcl_GetString(objv[2]));
    if (!photo)
        return view->plot->fail(interp, "PLOT", WEIR_E_ARG,
                                "there is no photo named \"%.60s\"",
                                Tcl_GetString(objv[2]));
    entry = Tcl_CreateHashEntry(&view->pictures, Tcl_GetString(objv[2]), &isNew);
    if (isNew)
        Tcl_SetHashValue(entry, calloc(1, sizeof *picture));
    picture = Tcl_GetHashValue(entry);
    Tk_PhotoGetSize(photo, &width, &height);
    if (width != picture->spec.width || height != picture->spec.height)
        view->plot->clear(picture); /* it is another one of that name */
    drawn = view->plot->draw(interp, picture, objv[1], objc - 3, objv + 3);
    if (drawn < 0 || (drawn && Put(interp, photo, picture) != TCL_OK))
        return TCL_ERROR;
    Tcl_SetObjResult(interp, Tcl_NewIntObj(drawn));
    return TCL_OK;
}

__attribute__((visibility("default"))) int Weirtk_Init(Tcl_Interp *interp)
{
    View *view;
    void *plot;
    if (!Tcl_InitStubs(interp, "8.6-", 0) || !Tk_InitStubs(interp, "8.6-", 0) ||
        !Tcl_PkgRequireEx(interp, "weir", PACKAGE_VERSION, 1, &plot))
        return TCL_ERROR;
    view = calloc(1, sizeof *view);
    view->plot = plot;
    Tcl_InitHashTable(&view->pictures, TCL_STRING_KEYS);
    Tcl_SetAssocData(interp, "weirtk", FreeView, view);
    if (!Tcl_CreateNamespace(interp, "::weir::tk", NULL, NULL))
        return TCL_ERROR;
    Tcl_CreateObjCommand(interp, "::weir::tk::draw", DrawCmd, view, NULL);
    return Tcl_PkgProvide(interp, "weirtk", PACKAGE_VERSION);
}
