/* Text on a cairo surface, in one family: measured, cut to fit, drawn.  Any bytes may be
 * given: what is not UTF-8 is drawn as a replacement character. */
#ifndef WEIR_TEXT_H
#define WEIR_TEXT_H
#include <stddef.h>
#include <cairo.h>
#include "plot/look.h"

enum { WEIR_TEXT_ROOM = 512 }; /* bytes; longer text is cut */

typedef struct WeirFont {
    double size; /* pixels */
    int bold;
} WeirFont;

/* A copy of `text` that cairo accepts: without control characters and invalid bytes. */
void WeirTextClean(const char *text, char out[WEIR_TEXT_ROOM]);

/* The same, cut with an ellipsis where it would be wider than `width` pixels.  Returns
 * the width of the copy. */
double WeirTextFit(cairo_t *cr, const WeirFont *font, const char *text, double width,
                   char out[WEIR_TEXT_ROOM]);

/* The text in one line, or broken at a space into two when it is wider than `width`
 * pixels; the second is cut like WeirTextFit.  Returns the number of lines. */
int WeirTextSplit(cairo_t *cr, const WeirFont *font, const char *text, double width,
                  char first[WEIR_TEXT_ROOM], char second[WEIR_TEXT_ROOM]);

/* Advance width in pixels of text that was cleaned or is our own. */
double WeirTextWidth(cairo_t *cr, const WeirFont *font, const char *text);

/* Draw such text with its baseline at y; `align` is the part of its width that lies left
 * of x: 0, 0.5 or 1. */
void WeirTextDraw(cairo_t *cr, const WeirFont *font, const WeirColor *color,
                  const char *text, double x, double y, double align);

#endif
