/* Lines drawn into images, several times faster than by cairo, whose cost grows with how
 * often the segments of a noisy curve overlap.  Here a segment costs the pixels beside
 * it: each is inked by its distance from the segment, as far as no other segment inked it
 * more, and so joins and ends are round.  Where a line goes up and down within a column
 * narrower than itself it is inked as an upright bar, which looks the same. */
#ifndef WEIR_INK_H
#define WEIR_INK_H
#include <cairo.h>

typedef struct WeirInk WeirInk;

/* Ink for lines of this width within the present clip.  NULL when `cr` does not draw into
 * an image, or is out of memory: cairo has to draw the lines then. */
WeirInk *WeirInkNew(cairo_t *cr, double width);
void WeirInkSegment(WeirInk *ink, double x0, double y0, double x1, double y1);

/* Put all segments onto the image, in the present colour, and release the ink. */
void WeirInkDry(WeirInk *ink);

#endif
