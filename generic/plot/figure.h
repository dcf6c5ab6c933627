/* plot: series of points, and figures of them drawn by cairo onto any surface: an image,
 * a file, later a window.  Knows nothing of Tcl or of what is plotted.
 *
 * This header: what a figure is.  Panels stand above each other and share the x axis;
 * each has a y axis and curves.  Strings and limits are malloc'ed and may be NULL
 * (absent, automatic); they belong to the structure that holds them. */
#ifndef WEIR_FIGURE_H
#define WEIR_FIGURE_H
#include "base/err.h"
#include "plot/look.h"
#include "plot/series.h"

enum { WEIR_PANELS_MAX = 12 };

enum { WEIR_AXIS_LINEAR, WEIR_AXIS_LOG };
extern const char *const weirAxisNames[]; /* linear log NULL */

enum { WEIR_STYLE_LINE, WEIR_STYLE_POINTS, WEIR_STYLE_STEPS };
extern const char *const weirStyleNames[]; /* line points steps NULL */

typedef struct WeirFigureSpec {
    char *title, *subtitle;
    int width, height; /* pixels of 1/96 inch */
    double scale;      /* device pixels per pixel */
    char *xlabel, *xunit;
    double *xmin, *xmax;
    int xscale;       /* WEIR_AXIS_... */
    int look;         /* WEIR_LOOK_... */
    int legend, grid; /* whether to draw them */
} WeirFigureSpec;

typedef struct WeirPanelSpec {
    char *ylabel, *yunit;
    double *ymin, *ymax;
    int yscale;
} WeirPanelSpec;

typedef struct WeirCurveSpec {
    char *label;
    int panel;    /* 1 is the top one */
    int style;    /* WEIR_STYLE_... */
    char *color;  /* "#rrggbb"; NULL: from the look's palette */
    double width; /* of the line, or of a point; 0: usual */
} WeirCurveSpec;

typedef struct WeirCurve {
    WeirCurveSpec spec;
    WeirSeries *series;
    int slot; /* place in the palette; each round through it has another dash */
} WeirCurve;

typedef struct WeirFigure {
    WeirFigureSpec spec;
    WeirPanelSpec panels[WEIR_PANELS_MAX];
    int panelCount; /* at least 1 */
    WeirCurve *curves;
    int curveCount;
} WeirFigure;

WeirFigure *WeirFigureNew(void); /* all zero, one panel; NULL when out of memory */
void WeirFigureFree(WeirFigure *figure);

/* The panel with this number, 1 ..., made with those above it when it is new. */
WeirPanelSpec *WeirFigurePanel(WeirFigure *figure, int number);

/* Add a curve; on success the figure owns the strings of `spec` and the series.  A curve
 * of the same label in another panel gets the same colour. */
int WeirFigureAdd(WeirFigure *figure, const WeirCurveSpec *spec, WeirSeries *series,
                  WeirErr *err);

/* Whether the values fit together: limits in order and apart, positive ones for a
 * logarithm, an image not too large, a colour. */
int WeirFigureSpecCheck(const WeirFigureSpec *spec, WeirErr *err);
int WeirPanelSpecCheck(const WeirPanelSpec *spec, WeirErr *err);
int WeirCurveSpecCheck(const WeirCurveSpec *spec, WeirErr *err);

/* An image of `width` x `height` at `scale` must be within 100 million pixels. */
int WeirFigureSizeCheck(int width, int height, double scale, WeirErr *err);

/* The colour a curve is drawn in. */
WeirColor WeirCurveColor(const WeirFigure *figure, const WeirCurve *curve);

#endif
