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

/* A surface of the wanted size to draw on: the spare one, when it is. */
static cairo_surface_t *TakeSpare(WeirPicture *picture, const WeirPictureSpec *spec)
{
    cairo_surface_t *spare = picture->spare;
    picture->spare = NULL;
    if (spare && cairo_image_surface_get_width(spare) == spec->width &&
        cairo_image_surface_get_height(spare) == spec->height)
        return spare;
    cairo_surface_destroy(spare);
    return cairo_image_surface_create(CAIRO_FORMAT_RGB24, spec->width, spec->height);
}

/* Note which rows of `next` differ from what is shown. */
static void Compare(WeirPicture *picture, cairo_surface_t *next,
                    const WeirPictureSpec *spec)
{
    const unsigned char *pixels = cairo_image_surface_get_data(next);
    size_t stride = (size_t)cairo_image_surface_get_stride(next);
    size_t used = 4 * (size_t)spec->width, first = 0, end = (size_t)spec->height;
    if (picture->shown && picture->spec.width == spec->width &&
        picture->spec.height == spec->height) {
        while (first < end && memcmp(pixels + first * stride,
                                     picture->pixels + first * stride, used) == 0)
            first++;
        while (first < end && memcmp(pixels + (end - 1) * stride,
                                     picture->pixels + (end - 1) * stride, used) == 0)
            end--;
    }
    picture->first = (int)first;
    picture->end = (int)end;
    picture->pixels = pixels;
    picture->stride = (int)stride;
}

int WeirPictureDraw(WeirPicture *picture, const WeirFigure *figure, int number,
                    const WeirPictureSpec *spec, WeirErr *err)
{
    cairo_surface_t *next;
    int rc;
    if (picture->shown && picture->figure == number &&
        picture->revision == figure->revision && IsSame(&picture->spec, spec))
        return 0;
    next = TakeSpare(picture, spec);
    rc = Draw(next, figure, spec, err);
    if (rc < 0) {
        cairo_surface_destroy(next);
        return rc;
    }
    Compare(picture, next, spec);
    picture->spare = picture->shown;
    picture->shown = next;
    picture->spec = *spec;
    picture->figure = number;
    picture->revision = figure->revision;
    return 1;
}

void WeirPictureClear(WeirPicture *picture)
{
    cairo_surface_destroy(picture->shown);
    cairo_surface_destroy(picture->spare);
    memset(picture, 0, sizeof *picture);
}
