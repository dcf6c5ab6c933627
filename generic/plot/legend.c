#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "plot/legend.h"

enum { ENTRY_SPACE = 18 }; /* between two entries */

static int InLegend(const WeirFigure *figure, const WeirCurve *curve, int panel)
{
    return curve->spec.panel == panel && curve->spec.label && figure->spec.legend;
}

/* A panel whose entries all stand in the legend of an earlier panel needs none. */
static int LegendKnown(const WeirFigure *figure, int panel)
{
    int i, j;
    for (i = 0; i < figure->curveCount; i++) {
        const WeirCurve *curve = &figure->curves[i];
        int known = !InLegend(figure, curve, panel);
        for (j = 0; j < figure->curveCount && !known; j++) {
            const WeirCurve *other = &figure->curves[j];
            known =
                InLegend(figure, other, other->spec.panel) && other->spec.panel < panel &&
                strcmp(other->spec.label, curve->spec.label) == 0 &&
                other->slot == curve->slot && !other->spec.color && !curve->spec.color;
        }
        if (!known)
            return 0;
    }
    return 1;
}

/* The curves that the legend of a panel names. */
static int CollectEntries(const WeirFigure *figure, int number, WeirPanelLayout *panel)
{
    int i;
    panel->legend = calloc((size_t)figure->curveCount + 1, sizeof *panel->legend);
    if (!panel->legend)
        return WEIR_E_MEMORY;
    if (LegendKnown(figure, number))
        return WEIR_OK;
    for (i = 0; i < figure->curveCount; i++)
        if (InLegend(figure, &figure->curves[i], number))
            panel->legend[panel->legendCount++].curve = &figure->curves[i];
    return WEIR_OK;
}

/* The text of an entry; of panels with two y axes it says who belongs to the right one.
 */
static double FitEntry(cairo_t *cr, const char *label, int isRight, double width,
                       char out[WEIR_TEXT_ROOM])
{
    static const char tail[] = " \u2192";
    double used = isRight ? WeirTextWidth(cr, &weirLegendFont, tail) : 0;
    size_t length;
    used += WeirTextFit(cr, &weirLegendFont, label, width - used, out);
    length = strlen(out);
    if (isRight && length + sizeof tail <= WEIR_TEXT_ROOM)
        memcpy(out + length, tail, sizeof tail);
    return used;
}

/* Cut the entries to `width` pixels.  Returns the width that all have in one row, and in
 * `*pitch` the distance of columns that hold each of them. */
static double FitEntries(cairo_t *cr, WeirPanelLayout *panel, double width, double *pitch)
{
    double x = 0;
    int i, both = panel->side[WEIR_LEFT].isUsed && panel->side[WEIR_RIGHT].isUsed;
    *pitch = 1;
    for (i = 0; i < panel->legendCount; i++) {
        WeirLegendEntry *entry = &panel->legend[i];
        const char *label = entry->curve->spec.label;
        int isRight = both && entry->curve->spec.side == WEIR_RIGHT;
        double is =
            WEIR_SWATCH_ROOM +
            FitEntry(cr, label, isRight, width - WEIR_SWATCH_ROOM, entry->label.text);
        entry->width = is;
        entry->label.x = x; /* as if all stood in one row */
        x += is + ENTRY_SPACE;
        *pitch = fmax(*pitch, is + ENTRY_SPACE);
    }
    return fmax(0, x - ENTRY_SPACE);
}

static int RowsFor(const WeirPanelLayout *panel, const WeirBox *box, double pitch,
                   int *columns)
{
    int most = (int)fmax(1, (box->w + ENTRY_SPACE) / pitch), rows;
    rows = (panel->legendCount + most - 1) / most;
    *columns =
        rows > 0 ? (panel->legendCount + rows - 1) / rows : 1; /* rows of one length */
    return rows;
}

/* Entries in aligned columns from the line y down; those beyond `rowsMax` rows are
 * counted in a last entry.  Returns the number of rows. */
static int ArrangeEntries(cairo_t *cr, WeirPanelLayout *panel, const WeirBox *box,
                          double y, double pitch, int rowsMax)
{
    int columns, rows = RowsFor(panel, box, pitch, &columns), i;
    if (rows > rowsMax) {
        WeirLegendEntry *last;
        FitEntries(cr, panel, (box->w - ENTRY_SPACE) / 2, &pitch);
        rows = RowsFor(panel, box, pitch, &columns);
        if (rows > rowsMax) {
            last = &panel->legend[columns * rowsMax - 1];
            last->curve = NULL;
            snprintf(last->label.text, WEIR_TEXT_ROOM, "and %d more",
                     panel->legendCount - columns * rowsMax + 1);
            panel->legendCount = columns * rowsMax;
            rows = rowsMax;
        }
    }
    for (i = 0; i < panel->legendCount; i++) {
        panel->legend[i].label.x = box->x + i % columns * pitch;
        panel->legend[i].label.y = y + i / columns * box->h + WEIR_BASELINE;
    }
    return rows;
}

int WeirLegendMake(cairo_t *cr, const WeirFigure *figure, int number,
                   WeirPanelLayout *panel, const WeirBox *box, double left, double right,
                   int rowsMax)
{
    double width, pitch, end;
    int titleRows = left > 0 || right > 0, i;
    if (CollectEntries(figure, number, panel) < 0)
        return WEIR_E_MEMORY;
    width = FitEntries(cr, panel, box->w, &pitch);
    left += left > 0 ? 2 * ENTRY_SPACE : 0;
    right += right > 0 ? 2 * ENTRY_SPACE : 0;
    if (left + width + right > box->w)
        return titleRows + ArrangeEntries(cr, panel, box, box->y + titleRows * box->h,
                                          pitch, rowsMax);
    end = box->x + box->w - right;
    for (i = 0; i < panel->legendCount; i++) {
        panel->legend[i].label.x += titleRows ? end - width : box->x;
        panel->legend[i].label.y = box->y + WEIR_BASELINE;
    }
    return titleRows || panel->legendCount > 0;
}
