/* Figures as files: PNG, SVG, PDF and EPS. */
#ifndef WEIR_EXPORT_H
#define WEIR_EXPORT_H
#include "plot/figure.h"

enum { WEIR_EXPORT_PNG, WEIR_EXPORT_SVG, WEIR_EXPORT_PDF, WEIR_EXPORT_EPS };
extern const char *const weirExportNames[]; /* png svg pdf eps NULL */

/* The format that a file name's extension asks for, or WEIR_E_ARG. */
int WeirExportFormat(const char *path, WeirErr *err);

/* Draw a figure and write it to `path`, as a whole or not at all (base/file.h).  A size
 * or scale of 0 is the figure's own.  A PNG has width * scale by height * scale pixels;
 * in the other formats a pixel is 1/96 inch and `scale` only says how finely curves are
 * thinned. Returns 0 or WEIR_E_POSIX, WEIR_E_PERM, WEIR_E_LIMIT, WEIR_E_MEMORY. */
int WeirExportFile(const WeirFigure *figure, const char *path, int format, int width,
                   int height, double scale, WeirErr *err);

#endif
