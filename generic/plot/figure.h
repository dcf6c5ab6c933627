/* plot: series of points, and figures of them drawn by cairo onto any surface: an image,
 * a file, a window.  Knows nothing of Tcl or of what is plotted.
 *
 * This header: what a figure is.  Panels stand above each other and share the x axis;
 * each has a y axis, if wanted a second one on its right side, and curves.  Strings and
 * limits are malloc'ed and may be NULL (absent, automatic); they belong to the structure
 * that holds them. */
#ifndef WEIR_FIGURE_H
#define WEIR_FIGURE_H
#include <stdint.h>
#include "base/err.h"
#include "plot/look.h"
#include "plot/series.h"

enum { WEIR_PANELS_MAX = 12 };

enum { WEIR_AXIS_LINEAR, WEIR_AXIS_LOG, WEIR_AXIS_TIME };
extern const char *const weirAxisNames[];  /* linear log NULL */
extern const char *const weirXAxisNames[]; /* linear log time NULL */

enum { WEIR_ZONE_UTC, WEIR_ZONE_LOCAL };
extern const char *const weirZoneNames[]; /* utc local NULL */

enum { WEIR_LEFT, WEIR_RIGHT, WEIR_SIDES };
extern const char *const weirSideNames[]; /* left right NULL */

/* From WEIR_STYLE_HISTOGRAM on the y of the points are counted, and x says nothing. */
enum {
    WEIR_STYLE_LINE,
    WEIR_STYLE_POINTS,
    WEIR_STYLE_STEPS,
    WEIR_STYLE_BARS,
    WEIR_STYLE_HISTOGRAM,
    WEIR_STYLE_CDF,
    WEIR_STYLE_SURVIVAL
};
extern const char *const weirStyleNames[];

enum {
    WEIR_MARKER_NONE,
    WEIR_MARKER_CIRCLE,
    WEIR_MARKER_SQUARE,
    WEIR_MARKER_DIAMOND,
    WEIR_MARKER_TRIANGLE,
    WEIR_MARKER_PLUS,
    WEIR_MARKER_CROSS
};
extern const char *const weirMarkerNames[];

/* What the height of a histogram's bar is: the values in it, their share of all, or the
 * share per unit of x, so that the area is 1. */
enum { WEIR_HEIGHT_COUNT, WEIR_HEIGHT_SHARE, WEIR_HEIGHT_DENSITY };
extern const char *const weirHeightNames[]; /* count share density NULL */

typedef struct WeirFigureSpec {
    char *title, *subtitle;
    int width, height; /* pixels of 1/96 inch */
    double scale;      /* device pixels per pixel */
    char *xlabel, *xunit;
    double *xmin, *xmax;
    int xscale;       /* WEIR_AXIS_... */
    int zone;         /* WEIR_ZONE_..., of a time axis */
    int look;         /* WEIR_LOOK_... */
    int legend, grid; /* whether to draw them */
} WeirFigureSpec;

typedef struct WeirSideSpec {
    char *label, *unit;
    double *min, *max;
    int scale; /* WEIR_AXIS_... */
} WeirSideSpec;

typedef struct WeirPanelSpec {
    WeirSideSpec side[WEIR_SIDES];
} WeirPanelSpec;

/* The classes of a histogram: their edges, or how many of equal width. */
typedef struct WeirBins {
    int count;
    double *edges; /* count + 1, ascending; NULL: equal ones */
} WeirBins;

enum { WEIR_BINS_MAX = 10000 };

typedef struct WeirCurveSpec {
    char *label;
    int panel;      /* 1 is the top one */
    int side;       /* WEIR_LEFT or WEIR_RIGHT: which y axis */
    int style;      /* WEIR_STYLE_... */
    int marker;     /* WEIR_MARKER_... */
    char *color;    /* "#rrggbb"; NULL: from the look's palette */
    double width;   /* of the line, or of a point; 0: usual */
    WeirBins *bins; /* NULL: chosen from the values of all such curves of the panel */
    int height;     /* WEIR_HEIGHT_... */
    int hidden;     /* not drawn; the legend shows it greyed */
} WeirCurveSpec;

typedef struct WeirCurve {
    WeirCurveSpec spec;
    WeirSeries *series;
    WeirSeries *low, *high; /* a band around it, with the same x; NULL without */
    int slot; /* place in the palette; each round through it has another dash */
    struct WeirDerived *derived; /* what is drawn when values are counted; derive.h */
} WeirCurve;

/* What a viewer has zoomed to.  Ranges that are NULL, or have lo >= hi, follow the
 * options and the data. */
typedef struct WeirRange {
    double lo, hi;
} WeirRange;
typedef struct WeirPanelRanges {
    WeirRange panel[WEIR_PANELS_MAX];
} WeirPanelRanges;
typedef struct WeirView {
    WeirRange *x;
    WeirPanelRanges *y[WEIR_SIDES];
    int64_t lastNs; /* without x: so much up to the newest point, 0: everything */
} WeirView;

typedef struct WeirFigure {
    WeirFigureSpec spec;
    WeirPanelSpec panels[WEIR_PANELS_MAX];
    int panelCount; /* at least 1 */
    WeirCurve *curves;
    int curveCount;
    WeirView view;
    unsigned long revision; /* moves on whenever the picture may have changed; whoever
                               changes specifications or the view moves it */
    void *feeds; /* what goes on adding points, ended with the figure; NULL: nothing */
    void (*endFeeds)(void *feeds);
} WeirFigure;

WeirFigure *WeirFigureNew(void); /* all zero, one panel; NULL when out of memory */
void WeirFigureFree(WeirFigure *figure);

/* The panel with this number, 1 ..., made with those above it when it is new. */
WeirPanelSpec *WeirFigurePanel(WeirFigure *figure, int number);

/* Add a curve without points; on success the figure owns the strings and bins of `spec`.
 * A curve of the same label in another panel gets the same colour.  Curves move when one
 * is added. */
int WeirFigureAdd(WeirFigure *figure, const WeirCurveSpec *spec, WeirErr *err);

/* To be called when the specification of a curve (0 is the first) was changed in place.
 */
void WeirFigureChanged(WeirFigure *figure, int curve);

/* Append a point to a curve (0 is the first), with the lower and upper end of its error,
 * of which there is none unless both can be drawn.  Returns 0 or WEIR_E_MEMORY. */
typedef struct WeirSample {
    double x, y, low, high;
} WeirSample;
int WeirFigureAppend(WeirFigure *figure, int curve, const WeirSample *sample);

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
