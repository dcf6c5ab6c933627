#include "config.h"
#include <string.h>
#include "plot/paint.h"
#include "plot/picture.h"

static int IsSame(const WeirPictureSpec *a, const WeirPictureSpec *b)
{
    return a->width == b->width && a->height == b->height && a->scale == b->scale &&
           a->look == b->look;
}

/* The figure on a surface of this size. */
static int Draw(cairo_surface_t *surface, const WeirFigure *figure,
                const WeirPictureSpec *spec, WeirErr *err)
{
    WeirFigure shown = *figure;
    cairo_t *cr = cairo_create(surface);
    int rc;
    if (spec->look != WEIR_LOOK_OWN)
        shown.spec.look = spec->look;
    cairo_scale(cr, spec->scale, spec->scale);
    rc = WeirFigurePaint(cr, &shown, spec->width / spec->scale,
                         spec->height / spec->scale, spec->scale, err);
    if (rc == WEIR_OK && cairo_status(cr) != CAIRO_STATUS_SUCCESS)
        rc = WeirFail(err, WEIR_E_MEMORY, "cannot draw: %s",
                      cairo_status_to_string(cairo_status(cr)));
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    return rc;
}

int WeirPictureDraw(WeirPicture *picture, const WeirFigure *figure, int number,
                    const WeirPictureSpec *spec, WeirErr *err)
{
    cairo_surface_t *surface;
    int rc;
    if (picture->surface && picture->figure == number &&
        picture->revision == figure->revision && IsSame(&picture->spec, spec))
        return 0;
    surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, spec->width, spec->height);
    rc = Draw(surface, figure, spec, err);
    if (rc < 0) {
        cairo_surface_destroy(surface);
        return rc;
    }
    WeirPictureClear(picture);
    picture->surface = surface;
    picture->pixels = cairo_image_surface_get_data(surface);
    picture->stride = cairo_image_surface_get_stride(surface);
    picture->spec = *spec;
    picture->figure = number;
    picture->revision = figure->revision;
    return 1;
}

void WeirPictureClear(WeirPicture *picture)
{
    cairo_surface_destroy(picture->surface);
    memset(picture, 0, sizeof *picture);
}
