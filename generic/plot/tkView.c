/* libweirtk: figures in Tk's windows.  The one file that needs Tk.
 *
 * An image of the type `weirplot` shows what `weir::tk::draw` put into it; its command
 * tells the colour of a pixel (`IMAGE get X Y`) or of all (`IMAGE data`).  A photo takes
 * its pixels through two copies and a conversion, which cost more than the drawing; here
 * they go to the X server as they are, and only the rows that changed. */
#include "config.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tk.h>
#include <X11/Xutil.h>
#include "plot/plotTkCmd.h"

DLLEXPORT int Weirtk_Init(Tcl_Interp *interp);

static const char typeName[] = "weirplot";

/* An image, which has a command of its name. */
typedef struct View {
    Tcl_Interp *interp;
    Tcl_Command command;   /* NULL once deleted */
    Tk_ImageMaster master; /* NULL once deleted */
    const WeirPlotTk *plot;
    WeirPicture picture;
    struct Place *places;
} View;

/* Where an image is displayed: its picture as a pixmap of the X server. */
typedef struct Place {
    struct Place *next;
    View *view;
    Display *display;
    Window root;
    Visual *visual;
    int depth;
    GC gc;
    Pixmap pixmap;     /* None: nothing was drawn yet */
    int width, height; /* of the pixmap */
} Place;

/* ------------------------------------------------------------ pixels to the X server */

/* Whether the server takes the picture's pixels as they are. */
static int IsPlain(const XImage *image)
{
    return image->bits_per_pixel == 32 && image->depth == 24 &&
           image->red_mask == 0xff0000 && image->green_mask == 0xff00 &&
           image->blue_mask == 0xff;
}

/* A colour's bits, of 8, where the mask says. */
static unsigned long Bits(unsigned long value, unsigned long mask)
{
    unsigned long lowest = mask & ~(mask - 1), most = lowest ? mask / lowest : 0;
    return value * most / 255 * lowest;
}

/* The pixels in the form that this screen has; the image owns them.  Bits that are no
 * colour's are opacity. */
static void Convert(XImage *image, const uint32_t *pixel, int stride)
{
    unsigned long r = image->red_mask, g = image->green_mask, b = image->blue_mask;
    int x, y;
    image->data = calloc((size_t)image->height, (size_t)image->bytes_per_line);
    for (y = 0; image->data && y < image->height; y++, pixel += stride / 4)
        for (x = 0; x < image->width; x++)
            XPutPixel(image, x, y,
                      Bits(pixel[x] >> 16 & 0xff, r) | Bits(pixel[x] >> 8 & 0xff, g) |
                          Bits(pixel[x] & 0xff, b) | ~(r | g | b));
}

/* Bring rows of the picture into the pixmap. */
static void PutRows(Place *place, int first, int end)
{
    const WeirPicture *picture = &place->view->picture;
    char *data = (char *)picture->pixels + (size_t)first * (size_t)picture->stride;
    XImage *image =
        XCreateImage(place->display, place->visual, (unsigned)place->depth, ZPixmap, 0,
                     NULL, (unsigned)picture->spec.width, (unsigned)(end - first), 32, 0);
    int isPlain = IsPlain(image);
    if (isPlain) {
        image->data = data;
        image->bytes_per_line = picture->stride;
        image->byte_order =
            __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? LSBFirst : MSBFirst;
    } else {
        Convert(image, (const uint32_t *)(const void *)data, picture->stride);
    }
    if (image->data)
        XPutImage(place->display, place->pixmap, place->gc, image, 0, 0, 0, first,
                  (unsigned)image->width, (unsigned)image->height);
    if (isPlain)
        image->data = NULL;
    XDestroyImage(image);
}

/* After the picture changed in these rows. */
static void Refresh(Place *place, int first, int end)
{
    const WeirPicture *picture = &place->view->picture;
    int width = picture->spec.width, height = picture->spec.height;
    if (place->pixmap == None || place->width != width || place->height != height) {
        if (place->pixmap != None)
            Tk_FreePixmap(place->display, place->pixmap);
        place->pixmap =
            Tk_GetPixmap(place->display, place->root, width, height, place->depth);
        place->width = width;
        place->height = height;
        first = 0;
        end = height;
    }
    if (first < end)
        PutRows(place, first, end);
}

/* ------------------------------------------------------------ the image's command */

static Tcl_Obj *PixelObj(const WeirPicture *picture, int x, int y)
{
    const uint32_t *row =
        (const void *)(picture->pixels + (size_t)y * (size_t)picture->stride);
    Tcl_Obj *part[3];
    int i;
    for (i = 0; i < 3; i++)
        part[i] = Tcl_NewIntObj((int)(row[x] >> (16 - 8 * i) & 0xff));
    return Tcl_NewListObj(3, part);
}

/* Red, green and blue of all pixels, as bytes. */
static Tcl_Obj *PixelsObj(const WeirPicture *picture)
{
    size_t width = (size_t)picture->spec.width, height = (size_t)picture->spec.height;
    Tcl_Obj *bytes = Tcl_NewByteArrayObj(NULL, 0);
    unsigned char *to = Tcl_SetByteArrayLength(bytes, (Tcl_Size)(3 * width * height));
    size_t x, y;
    for (y = 0; y < height; y++) {
        const uint32_t *row =
            (const void *)(picture->pixels + y * (size_t)picture->stride);
        for (x = 0; x < width; x++) {
            *to++ = (unsigned char)(row[x] >> 16);
            *to++ = (unsigned char)(row[x] >> 8);
            *to++ = (unsigned char)row[x];
        }
    }
    return bytes;
}

/* IMAGE get X Y, IMAGE data */
static int ImageCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    const View *view = data;
    const WeirPicture *picture = &view->picture;
    const char *word = objc > 1 ? Tcl_GetString(objv[1]) : "";
    int x, y;
    if (objc == 2 && strcmp(word, "data") == 0) {
        Tcl_SetObjResult(interp, PixelsObj(picture));
        return TCL_OK;
    }
    if (objc != 4 || strcmp(word, "get") != 0)
        return view->plot->fail(interp, "PLOT", WEIR_E_ARG,
                                "wrong words: use %s get X Y, or %s data",
                                Tcl_GetString(objv[0]), Tcl_GetString(objv[0]));
    if (Tcl_GetIntFromObj(NULL, objv[2], &x) != TCL_OK ||
        Tcl_GetIntFromObj(NULL, objv[3], &y) != TCL_OK || x < 0 || y < 0 ||
        x >= picture->spec.width || y >= picture->spec.height)
        return view->plot->fail(interp, "PLOT", WEIR_E_ARG,
                                "\"%.40s %.40s\" is no pixel: the image is %d x %d",
                                Tcl_GetString(objv[2]), Tcl_GetString(objv[3]),
                                picture->spec.width, picture->spec.height);
    Tcl_SetObjResult(interp, PixelObj(picture, x, y));
    return TCL_OK;
}

static void CommandDeleted(void *data)
{
    View *view = data;
    view->command = NULL;
    if (view->master)
        Tk_DeleteImage(view->interp, Tk_NameOfImage(view->master));
}

/* ------------------------------------------------------------ the image type */

static int CreateImage(Tcl_Interp *interp, const char *name, Tcl_Size objc,
                       Tcl_Obj *const objv[], const Tk_ImageType *type,
                       Tk_ImageMaster master, void **data)
{
    Tcl_CmdInfo info;
    const WeirPlotTk *plot;
    void *table;
    View *view;
    if (!Tcl_PkgRequireEx(interp, "weir", PACKAGE_VERSION, 1, &table))
        return TCL_ERROR;
    plot = table;
    if (objc > 0)
        return plot->fail(
            interp, "PLOT", WEIR_E_ARG,
            "an image of type %s has no options: use image create %s ?NAME?", typeName,
            typeName);
    if (Tcl_GetCommandInfo(interp, name, &info))
        return plot->fail(interp, "PLOT", WEIR_E_STATE,
                          "a command named \"%.60s\" exists already", name);
    view = calloc(1, sizeof *view);
    view->interp = interp;
    view->command = Tcl_CreateObjCommand(interp, name, ImageCmd, view, CommandDeleted);
    view->master = master;
    view->plot = plot;
    Tk_ImageChanged(master, 0, 0, 0, 0, 0,
                    0); /* the one it replaces may have had a size */
    *data = view;
    return TCL_OK;
}

static void *GetImage(Tk_Window window, void *data)
{
    View *view = data;
    Place *place = calloc(1, sizeof *place);
    XGCValues values = { .graphics_exposures = False };
    place->view = view;
    place->display = Tk_Display(window);
    place->root = RootWindowOfScreen(Tk_Screen(window));
    place->visual = Tk_Visual(window);
    place->depth = Tk_Depth(window);
    place->gc = Tk_GetGC(window, GCGraphicsExposures, &values);
    place->next = view->places;
    view->places = place;
    if (view->picture.pixels)
        Refresh(place, 0, 0);
    return place;
}

static void DisplayImage(void *data, Display *display, Drawable drawable, int imageX,
                         int imageY, int width, int height, int drawableX, int drawableY)
{
    Place *place = data;
    if (place->pixmap != None)
        XCopyArea(display, place->pixmap, drawable, place->gc, imageX, imageY,
                  (unsigned)width, (unsigned)height, drawableX, drawableY);
}

static void FreeImage(void *data, Display *display)
{
    Place *place = data, **link = &place->view->places;
    while (*link != place)
        link = &(*link)->next;
    *link = place->next;
    if (place->pixmap != None)
        Tk_FreePixmap(display, place->pixmap);
    Tk_FreeGC(display, place->gc);
    free(place);
}

/* All places were freed before. */
static void DeleteImage(void *data)
{
    View *view = data;
    view->master = NULL;
    if (view->command)
        Tcl_DeleteCommandFromToken(view->interp, view->command);
    view->plot->clear(&view->picture);
    free(view);
}

static const Tk_ImageType imageType = { .name = typeName,
                                        .createProc = CreateImage,
                                        .getProc = GetImage,
                                        .displayProc = DisplayImage,
                                        .freeProc = FreeImage,
                                        .deleteProc = DeleteImage };

/* ------------------------------------------------------------ drawing */

/* weir::tk::draw FIGURE IMAGE ?-option value ...? */
static int DrawCmd(void *data, Tcl_Interp *interp, int objc, Tcl_Obj *const objv[])
{
    const WeirPlotTk *plot = data;
    const Tk_ImageType *type;
    const WeirPicture *picture;
    View *view;
    Place *place;
    int drawn;
    if (objc < 3)
        return plot->fail(interp, "PLOT", WEIR_E_ARG,
                          "wrong words: use %s FIGURE IMAGE ?-option value ...?",
                          Tcl_GetString(objv[0]));
    view = Tk_GetImageMasterData(interp, Tcl_GetString(objv[2]), &type);
    if (!view || strcmp(type->name, typeName) != 0)
        return plot->fail(interp, "PLOT", WEIR_E_ARG,
                          "there is no image of type %s named \"%.60s\"", typeName,
                          Tcl_GetString(objv[2]));
    drawn = plot->draw(interp, &view->picture, objv[1], objc - 3, objv + 3);
    if (drawn < 0)
        return TCL_ERROR;
    picture = &view->picture;
    if (drawn) {
        for (place = view->places; place; place = place->next)
            Refresh(place, picture->first, picture->end);
        Tk_ImageChanged(view->master, 0, picture->first, picture->spec.width,
                        picture->end - picture->first, picture->spec.width,
                        picture->spec.height);
    }
    Tcl_SetObjResult(interp, Tcl_NewIntObj(drawn));
    return TCL_OK;
}

/* The X server went away, and Xlib ends the process when this returns.  It ends as by
 * `exit` instead, so that flows tell their receivers and logs are whole. */
static int LoseServer(Display *display)
{
    static int isEnding;
    if (!isEnding) {
        isEnding = 1;
        fprintf(stderr,
                "the X server %s went away, and the program ends with its windows\n",
                DisplayString(display));
        Tcl_Exit(1);
    }
    return 0;
}

/* What the server refuses, as a pixmap that it has no memory for, stays undrawn: by
 * itself Xlib would end the process, and with it what is being measured. */
static int KeepOn(void *data, XErrorEvent *event)
{
    static int isSaid;
    char text[100];
    if (!isSaid) {
        isSaid = 1;
        XGetErrorText(event->display, event->error_code, text, sizeof text);
        fprintf(stderr, "the X server refused a request, and goes on: %s\n", text);
    }
    return 0;
}

__attribute__((visibility("default"))) int Weirtk_Init(Tcl_Interp *interp)
{
    void *plot;
    if (!Tcl_InitStubs(interp, "8.6-", 0) || !Tk_InitStubs(interp, "8.6-", 0) ||
        !Tcl_PkgRequireEx(interp, "weir", PACKAGE_VERSION, 1, &plot) ||
        !Tcl_CreateNamespace(interp, "::weir::tk", NULL, NULL))
        return TCL_ERROR;
    XSetIOErrorHandler(LoseServer);
    if (Tk_MainWindow(interp))
        Tk_CreateErrorHandler(Tk_Display(Tk_MainWindow(interp)), -1, -1, -1, KeepOn,
                              NULL);
    Tk_CreateImageType(&imageType);
    Tcl_CreateObjCommand(interp, "::weir::tk::draw", DrawCmd, plot, NULL);
    return Tcl_PkgProvide(interp, "weirtk", PACKAGE_VERSION);
}
