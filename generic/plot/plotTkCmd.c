/* plot: figures in windows, as far as that needs no Tk. */
#include "config.h"
#include "plot/plotShareCmd.h"
#include "plot/plotTkCmd.h"

typedef struct DrawSpec {
    int width, height, look, force;
    double scale;
} DrawSpec;

/* The figure's own look comes first, and then those of weirLookNames. */
static const char *const looks[] = { "figure", "light", "dark", NULL };

static const WeirOpt drawOptions[] = {
    { .name = "-width",
      .kind = WEIR_O_INT,
      .offset = offsetof(DrawSpec, width),
      .def = "900",
      .unit = "pixels",
      .min = 1,
      .max = 32767,
      .help = "width in pixels of the screen" },
    { .name = "-height",
      .kind = WEIR_O_INT,
      .offset = offsetof(DrawSpec, height),
      .def = "600",
      .unit = "pixels",
      .min = 1,
      .max = 32767,
      .help = "height in pixels of the screen" },
    { .name = "-scale",
      .kind = WEIR_O_DOUBLE,
      .offset = offsetof(DrawSpec, scale),
      .def = "1.0",
      .unit = "",
      .min = 0.25,
      .max = 8,
      .help = "pixels of the screen per pixel of the figure; 2 for HiDPI" },
    { .name = "-look",
      .kind = WEIR_O_ENUM,
      .offset = offsetof(DrawSpec, look),
      .def = "figure",
      .unit = "",
      .help = "colours; figure: its own look",
      .choices = looks },
    { .name = "-force",
      .kind = WEIR_O_BOOL,
      .offset = offsetof(DrawSpec, force),
      .def = "0",
      .unit = "",
      .help = "draw even when the picture would be the same" },
    { .name = NULL }
};

static int Draw(Tcl_Interp *interp, WeirPicture *picture, Tcl_Obj *name, int objc,
                Tcl_Obj *const objv[])
{
    DrawSpec words = { 0 };
    WeirPictureSpec spec;
    WeirErr err;
    int number, rc;
    const WeirFigure *figure = WeirPlotFind(interp, name, &number);
    if (!figure || WeirOptInit(interp, weirPlotRoom, drawOptions, &words) != TCL_OK ||
        WeirOptApply(interp, weirPlotRoom, drawOptions, &words, sizeof words, objc, objv,
                     1, NULL) != TCL_OK)
        return -1;
    spec = (WeirPictureSpec){ words.width, words.height, words.scale, words.look - 1 };
    rc = WeirFigureSizeCheck(spec.width, spec.height, 1, &err);
    if (rc == WEIR_OK && words.force)
        WeirPictureClear(picture);
    if (rc == WEIR_OK)
        rc = WeirPictureDraw(picture, figure, number, &spec, &err);
    if (rc >= 0)
        return rc;
    WeirTclError(interp, weirPlotRoom, &err);
    return -1;
}

const WeirPlotTk weirPlotTk = { Draw, WeirPictureClear, WeirTclFail };
