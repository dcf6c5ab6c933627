/* Where everything of a figure goes, in pixels, for a given size: worked out before
 * anything is drawn, so that nothing overlaps and curves can later be found under a
 * pointer.
 *
 * From top to bottom: title, subtitle; for each panel a head (the titles of its y axes
 * and its legend, above the data so that they never cover them) and the box of the
 * curves; the labels and the title of the x axis. */
#ifndef WEIR_LAYOUT_H
#define WEIR_LAYOUT_H
#include <cairo.h>
#include "plot/figure.h"
#include "plot/text.h"

typedef struct WeirBox {
    double x, y, w, h;
} WeirBox;

/* A line of text, ready to draw: cleaned, and cut to the room there is. */
typedef struct WeirLine {
    double x, y; /* of the baseline */
    char text[WEIR_TEXT_ROOM];
} WeirLine;

typedef struct WeirLegendEntry {
    WeirCurve *curve; /* NULL: an entry that only says how many more there are */
    WeirLine label;
    double width; /* with the sample */
} WeirLegendEntry;

typedef struct WeirSideLayout {
    WeirAxis axis;
    WeirRange reach; /* what it would show if nobody had zoomed it */
    WeirTicks ticks;
    WeirLine title;
    int isUsed;  /* it has curves or, on the left, the other side has none */
    int isEmpty; /* no point of its curves can be drawn */
} WeirSideLayout;

typedef struct WeirPanelLayout {
    WeirBox box; /* of the curves */
    WeirSideLayout side[WEIR_SIDES];
    WeirLegendEntry *legend;
    int legendCount;
} WeirPanelLayout;

typedef struct WeirLayout {
    WeirLine title[2], subtitle[2], xTitle;
    WeirAxis xAxis;
    int isXFixed; /* by a zoom, exactly */
    WeirTicks xTicks;
    WeirPanelLayout panels[WEIR_PANELS_MAX];
    int panelCount;
    int isEmpty; /* no curve has a point that can be drawn */
} WeirLayout;

extern const WeirFont weirTitleFont, weirSubtitleFont, weirHeadFont, weirLegendFont,
    weirTickFont;
enum {
    WEIR_SWATCH = 20,      /* length of a curve's sample in the legend */
    WEIR_SWATCH_ROOM = 26, /* from its start to the label */
    WEIR_BASELINE = 14     /* of a row of the head, below its top */
};

/* Lay a figure out; text is measured with `cr`.  NULL and WEIR_E_LIMIT when the size
 * leaves no room for the panels, WEIR_E_MEMORY.  The layout refers to the figure's
 * curves. */
WeirLayout *WeirLayoutNew(cairo_t *cr, const WeirFigure *figure, double width,
                          double height, WeirErr *err);
void WeirLayoutFree(WeirLayout *layout);

/* The side of a panel whose ticks the grid follows. */
int WeirLayoutMainSide(const WeirPanelLayout *panel);

#endif
