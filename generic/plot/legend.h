/* The legend of a panel: which curves it names, and where. */
#ifndef WEIR_LEGEND_H
#define WEIR_LEGEND_H
#include "plot/layout.h"

/* Fill in the legend of panel `number`.  `box` is the room in the panel's head: rows of
 * height box->h, as many as needed but at most `rowsMax` besides the one of the y title,
 * which takes `titleWidth` pixels.  The legend stands right of the title where both fit
 * into one row.  A panel all of whose labels an earlier panel has named gets none.
 * Returns the rows that title and legend take together, or WEIR_E_MEMORY. */
int WeirLegendMake(cairo_t *cr, const WeirFigure *figure, int number,
                   WeirPanelLayout *panel, const WeirBox *box, double titleWidth,
                   int rowsMax);

#endif
