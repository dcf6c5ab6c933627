/* Lines of ink beside cairo's, at any place and angle; pictures that are drawn when they
 * would change. */
#include "config.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "plot/ink.h"
#include "plot/picture.h"
#include "check.h"

enum { SIZE = 60 };

typedef struct Line {
    double x0, y0, x1, y1, width;
} Line;

static cairo_surface_t *Paper(cairo_t **cr, double scale)
{
    cairo_surface_t *paper = cairo_image_surface_create(CAIRO_FORMAT_RGB24, SIZE, SIZE);
    *cr = cairo_create(paper);
    cairo_set_source_rgb(*cr, 1, 1, 1);
    cairo_paint(*cr);
    cairo_set_source_rgb(*cr, 0, 0, 0);
    cairo_scale(*cr, scale, scale);
    return paper;
}

static int RedAt(cairo_surface_t *paper, int x, int y)
{
    const unsigned char *row = cairo_image_surface_get_data(paper) +
                               (size_t)y * (size_t)cairo_image_surface_get_stride(paper);
    return (int)(((const uint32_t *)(const void *)row)[x] >> 16 & 0xff);
}

/* Draw one line in both ways: the mean difference of all pixels, 0 to 255. */
static double Difference(const Line *line, double scale)
{
    cairo_t *byInk, *byCairo;
    cairo_surface_t *inked = Paper(&byInk, scale), *stroked = Paper(&byCairo, scale);
    WeirInk *ink = WeirInkNew(byInk, line->width);
    double sum = 0;
    int x, y;
    CHECK(ink != NULL);
    WeirInkSegment(ink, line->x0, line->y0, line->x1, line->y1);
    WeirInkDry(ink);
    cairo_set_line_cap(byCairo, CAIRO_LINE_CAP_ROUND);
    cairo_set_line_width(byCairo, line->width);
    cairo_move_to(byCairo, line->x0, line->y0);
    cairo_line_to(byCairo, line->x1, line->y1);
    cairo_stroke(byCairo);
    cairo_surface_flush(inked);
    cairo_surface_flush(stroked);
    for (y = 0; y < SIZE; y++)
        for (x = 0; x < SIZE; x++)
            sum += abs(RedAt(inked, x, y) - RedAt(stroked, x, y));
    cairo_destroy(byInk);
    cairo_destroy(byCairo);
    cairo_surface_destroy(inked);
    cairo_surface_destroy(stroked);
    return sum / (SIZE * SIZE);
}

static void TestInk(void)
{
    static const Line lines[] = {
        { 10, 30, 50, 30, 3 },  { 30, 10, 30, 50, 3 },    { 10.3, 12.7, 47.1, 55.9, 1.6 },
        { 50, 8, 12, 11, 1.6 }, { 20, 3, 23, 57, 1.6 },   { 30, 30, 31, 30.5, 6 },
        { 5, 20, 5, 20, 8 },    { -40, 10, 90, 40, 2 },   { 25, -70, 30, 130, 2 },
        { -5, 30, 3, -20, 4 },  { 59, 59, 80, 80, 4 },    { 100, 10, 110, 50, 2 },
        { 3, -1e6, 9, 1e6, 2 }, { -1e6, 20, 1e6, 40, 2 }, { -1e6, 0, 30, 30, 2 },
        { 30, 1e6, 30, 30, 2 }, { 1e6, -1e6, 0, 0, 2 },   { -1e6, 1e6, -1e6, -1e6, 2 },
    };
    size_t i;
    for (i = 0; i < sizeof lines / sizeof *lines; i++) {
        CHECK(Difference(&lines[i], 1) < 1);
        CHECK(Difference(&lines[i], 1.7) < 1);
    }
}

/* Within a clip, and not into what is no image. */
static void TestInkPlace(void)
{
    cairo_t *cr;
    cairo_surface_t *paper = Paper(&cr, 1), *other;
    WeirInk *ink;
    cairo_rectangle(cr, 20, 20, 10, 10);
    cairo_clip(cr);
    ink = WeirInkNew(cr, 4);
    WeirInkSegment(ink, 0, 25, 60, 25);
    WeirInkDry(ink);
    cairo_surface_flush(paper);
    CHECK(RedAt(paper, 25, 25) == 0 && RedAt(paper, 20, 24) == 0);
    CHECK(RedAt(paper, 19, 25) == 255 && RedAt(paper, 30, 25) == 255);
    CHECK(RedAt(paper, 25, 28) == 255);
    cairo_reset_clip(cr);
    cairo_rectangle(cr, 10, 10, 0, 0);
    cairo_clip(cr);
    CHECK(WeirInkNew(cr, 1) == NULL);
    cairo_destroy(cr);
    cairo_surface_destroy(paper);
    other = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, NULL);
    cr = cairo_create(other);
    CHECK(WeirInkNew(cr, 1) == NULL);
    cairo_destroy(cr);
    cairo_surface_destroy(other);
}

static void TestPicture(void)
{
    WeirFigure *figure = WeirFigureNew();
    WeirCurveSpec curve = { .panel = 1 };
    WeirPictureSpec spec = { 400, 300, 1, WEIR_LOOK_OWN }, small = { 400, 20, 1, 0 };
    WeirPicture picture = { 0 };
    WeirSample sample = { 0, 1, NAN, NAN };
    WeirErr err;
    figure->spec.look = WEIR_LOOK_LIGHT;
    WeirFigureAdd(figure, &curve, NULL);
    WeirFigureAppend(figure, 0, &sample);
    CHECK(WeirPictureDraw(&picture, figure, 1, &spec, &err) == 1);
    CHECK(picture.first == 0 && picture.end == 300);
    CHECK(WeirPictureDraw(&picture, figure, 1, &spec, &err) == 0);
    CHECK(WeirPictureDraw(&picture, figure, 2, &spec, &err) == 1);
    CHECK(picture.first == picture.end); /* another figure, and the same pixels */

    /* The title of the x axis is at the bottom, where nothing else is. */
    figure->spec.xlabel = strdup("x");
    figure->revision++;
    CHECK(WeirPictureDraw(&picture, figure, 2, &spec, &err) == 1);
    free(figure->spec.xlabel);
    figure->spec.xlabel = strdup("y");
    figure->revision++;
    CHECK(WeirPictureDraw(&picture, figure, 2, &spec, &err) == 1);
    CHECK(picture.first > 250 && picture.first < picture.end && picture.end <= 300);

    CHECK(WeirPictureDraw(&picture, figure, 2, &small, &err) == WEIR_E_LIMIT);
    CHECK(WeirPictureDraw(&picture, figure, 2, &spec, &err) == 0);
    spec.look = WEIR_LOOK_DARK;
    CHECK(WeirPictureDraw(&picture, figure, 2, &spec, &err) == 1);
    CHECK(picture.first == 0 && picture.end == 300);
    CHECK(figure->spec.look == WEIR_LOOK_LIGHT);
    spec.width = 500;
    CHECK(WeirPictureDraw(&picture, figure, 2, &spec, &err) == 1);
    CHECK(picture.spec.width == 500 && picture.end == 300);
    WeirPictureClear(&picture);
    CHECK(picture.pixels == NULL);
    WeirPictureClear(&picture);
    WeirFigureFree(figure);
}

int main(void)
{
    TestInk();
    TestInkPlace();
    TestPicture();
    cairo_debug_reset_static_data();
    return failures != 0;
}
