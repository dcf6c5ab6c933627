#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <cairo-pdf.h>
#include <cairo-ps.h>
#include <cairo-svg.h>
#include "base/file.h"
#include "plot/export.h"
#include "plot/paint.h"
#include "plot/text.h"

const char *const weirExportNames[] = { "png", "svg", "pdf", "eps", NULL };

#define POINTS_PER_PIXEL 0.75 /* 72 / 96 */

int WeirExportFormat(const char *path, WeirErr *err)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    int i;
    for (i = 0; dot && weirExportNames[i]; i++)
        if (strcasecmp(dot + 1, weirExportNames[i]) == 0)
            return i;
    return WeirFail(
        err, WEIR_E_ARG,
        "\"%.200s\" does not say which format: use a name that ends in .png, .svg, "
        ".pdf or .eps, or -format",
        path);
}

/* What is being made: a surface whose output collects in memory. */
typedef struct Sheet {
    FILE *stream;
    char *bytes;
    size_t len;
    cairo_surface_t *surface;
    double unit; /* surface units of a pixel */
} Sheet;

static cairo_status_t Collect(void *arg, const unsigned char *data, unsigned int len)
{
    return fwrite(data, 1, len, arg) == len ? CAIRO_STATUS_SUCCESS
                                            : CAIRO_STATUS_WRITE_ERROR;
}

static void MakeSurface(Sheet *sheet, const WeirFigure *figure, int format, int width,
                        int height, double scale)
{
    double w = POINTS_PER_PIXEL * width, h = POINTS_PER_PIXEL * height;
    char title[WEIR_TEXT_ROOM];
    sheet->unit = POINTS_PER_PIXEL;
    switch (format) {
    case WEIR_EXPORT_PNG:
        sheet->unit = scale;
        sheet->surface = cairo_image_surface_create(
            CAIRO_FORMAT_RGB24, (int)lround(width * scale), (int)lround(height * scale));
        break;
    case WEIR_EXPORT_SVG:
        sheet->unit = 1;
        sheet->surface =
            cairo_svg_surface_create_for_stream(Collect, sheet->stream, width, height);
        cairo_svg_surface_set_document_unit(sheet->surface, CAIRO_SVG_UNIT_PX);
        break;
    case WEIR_EXPORT_PDF:
        sheet->surface =
            cairo_pdf_surface_create_for_stream(Collect, sheet->stream, w, h);
        WeirTextClean(figure->spec.title ? figure->spec.title : "", title);
        cairo_pdf_surface_set_metadata(sheet->surface, CAIRO_PDF_METADATA_TITLE, title);
        break;
    default:
        sheet->surface = cairo_ps_surface_create_for_stream(Collect, sheet->stream, w, h);
        cairo_ps_surface_set_eps(sheet->surface, 1);
    }
}

/* Complete the output; cairo reports whatever went wrong on the way here. */
static int Finish(Sheet *sheet, int format, cairo_status_t status, WeirErr *err)
{
    if (status == CAIRO_STATUS_SUCCESS && format == WEIR_EXPORT_PNG)
        status =
            cairo_surface_write_to_png_stream(sheet->surface, Collect, sheet->stream);
    cairo_surface_finish(sheet->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(sheet->surface);
    if (status == CAIRO_STATUS_NO_MEMORY || status == CAIRO_STATUS_WRITE_ERROR ||
        (status == CAIRO_STATUS_SUCCESS && fflush(sheet->stream) != 0))
        return WeirFail(err, WEIR_E_MEMORY, "out of memory for a figure of this size");
    if (status != CAIRO_STATUS_SUCCESS)
        return WeirFail(err, WEIR_E_NOSUPPORT, "cannot draw: %s",
                        cairo_status_to_string(status));
    return WEIR_OK;
}

static int Draw(Sheet *sheet, const WeirFigure *figure, int format, int width, int height,
                double scale, WeirErr *err)
{
    cairo_status_t status;
    cairo_t *cr;
    int rc;
    MakeSurface(sheet, figure, format, width, height, scale);
    cr = cairo_create(sheet->surface);
    cairo_scale(cr, sheet->unit, sheet->unit);
    rc = WeirFigurePaint(cr, figure, width, height, scale, err);
    cairo_show_page(cr);
    status = cairo_status(cr);
    cairo_destroy(cr);
    return rc < 0 ? rc : Finish(sheet, format, status, err);
}

int WeirExportFile(const WeirFigure *figure, const char *path, int format, int width,
                   int height, double scale, WeirErr *err)
{
    Sheet sheet = { 0 };
    int rc;
    width = width > 0 ? width : figure->spec.width;
    height = height > 0 ? height : figure->spec.height;
    scale = scale > 0 ? scale : figure->spec.scale;
    rc = WeirFigureSizeCheck(width, height, scale, err);
    if (rc < 0)
        return rc;
    sheet.stream = open_memstream(&sheet.bytes, &sheet.len);
    if (!sheet.stream)
        return WeirFail(err, WEIR_E_MEMORY, "out of memory");
    rc = Draw(&sheet, figure, format, width, height, scale, err);
    cairo_surface_destroy(sheet.surface);
    fclose(sheet.stream); /* sets bytes and len */
    if (rc == WEIR_OK)
        rc = WeirFileReplace(path, sheet.bytes, sheet.len, err);
    free(sheet.bytes);
    return rc;
}
