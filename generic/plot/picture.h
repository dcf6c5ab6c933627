/* A figure as pixels in memory, for a window: drawn again only when it would look
 * different. */
#ifndef WEIR_PICTURE_H
#define WEIR_PICTURE_H
#include <cairo.h>
#include "plot/figure.h"

enum { WEIR_LOOK_OWN = -1 }; /* the figure's look */

typedef struct WeirPictureSpec {
    int width, height; /* device pixels */
    double scale;      /* device pixels per pixel */
    int look;          /* WEIR_LOOK_... */
} WeirPictureSpec;

typedef struct WeirPicture {
    const unsigned char *pixels; /* NULL: nothing was drawn yet */
    int stride;     /* bytes from a row to the next; a pixel is a uint32_t, 0x..rrggbb */
    int first, end; /* the rows that the last drawing changed */
    /* What it shows. */
    WeirPictureSpec spec;
    int figure; /* a number that only this figure has */
    unsigned long revision;
    cairo_surface_t *shown, *spare; /* of one size; the next one is drawn on the spare */
} WeirPicture;

/* Draw a figure, `spec` large; `number` tells it from all others.  Returns 1; 0 when the
 * picture shows just that already; or an error of WeirFigurePaint, and the picture is as
 * it was.  The picture, all zero at first, is released with WeirPictureClear. */
int WeirPictureDraw(WeirPicture *picture, const WeirFigure *figure, int number,
                    const WeirPictureSpec *spec, WeirErr *err);
void WeirPictureClear(WeirPicture *picture);

#endif
