/* The legend of a panel: which curves it names, and where. */
#ifndef WEIR_LEGEND_H
#define WEIR_LEGEND_H
#include "plot/layout.h"

/* Fill in the legend of panel `number`.  `box` is the room in the panel's head: rows of
 * height box->h, as many as needed but at most `rowsMax` besides the one of the y titles,
 * which take `left` and `right` pixels at its ends.  The legend stands between the titles
 * where all fit into one row.  A panel all of whose labels an earlier panel has named
 * gets none.  Returns the rows that titles and legend take together, or WEIR_E_MEMORY. */
int WeirLegendMake(cairo_t *cr, const WeirFigure *figure, int number,
                   WeirPanelLayout *panel, const WeirBox *box, double left, double right,
                   int rowsMax);

#endif
