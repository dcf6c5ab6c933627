#include "config.h"
#include <string.h>
#include "plot/text.h"

/* The length of the UTF-8 sequence at `p`, 0 if it is not one (RFC 3629: no surrogates,
 * no overlong forms). */
static size_t SequenceLength(const unsigned char *p)
{
    size_t len = p[0] < 0x80   ? 1
                 : p[0] < 0xc2 ? 0
                 : p[0] < 0xe0 ? 2
                 : p[0] < 0xf0 ? 3
                               : 4,
           i;
    if (p[0] > 0xf4 || (p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
        (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    for (i = 1; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return len;
}

void WeirTextClean(const char *text, char out[WEIR_TEXT_ROOM])
{
    const unsigned char *p = (const unsigned char *)text;
    size_t used = 0;
    while (*p && used + 4 < WEIR_TEXT_ROOM) {
        size_t len = SequenceLength(p);
        if (len == 0) {
            memcpy(out + used, "\ufffd", 3);
            used += 3;
            /* One replacement for the whole bad sequence. */
            for (p++; (*p & 0xc0) == 0x80; p++)
                ;
            continue;
        }
        memcpy(out + used, p, len);
        if (*p < 0x20 || *p == 0x7f)
            out[used] = ' ';
        used += len;
        p += len;
    }
    out[used] = '\0';
}

static void Select(cairo_t *cr, const WeirFont *font)
{
    cairo_select_font_face(cr, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           font->bold ? CAIRO_FONT_WEIGHT_BOLD
                                      : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cr, font->size);
}

double WeirTextWidth(cairo_t *cr, const WeirFont *font, const char *text)
{
    cairo_text_extents_t extents;
    Select(cr, font);
    cairo_text_extents(cr, text, &extents);
    return extents.x_advance;
}

double WeirTextFit(cairo_t *cr, const WeirFont *font, const char *text, double width,
                   char out[WEIR_TEXT_ROOM])
{
    static const char ellipsis[] = "\u2026";
    double is;
    size_t len;
    WeirTextClean(text, out);
    is = WeirTextWidth(cr, font, out);
    len = strlen(out);
    while (is > width && len > 0) {
        do
            len--;
        while (len > 0 && ((unsigned char)out[len] & 0xc0) == 0x80);
        while (len > 0 && out[len - 1] == ' ')
            len--;
        if (len + sizeof ellipsis > WEIR_TEXT_ROOM)
            continue;
        strcpy(out + len, ellipsis);
        is = WeirTextWidth(cr, font, out);
    }
    return is;
}

int WeirTextSplit(cairo_t *cr, const WeirFont *font, const char *text, double width,
                  char first[WEIR_TEXT_ROOM], char second[WEIR_TEXT_ROOM])
{
    char whole[WEIR_TEXT_ROOM], *space;
    WeirTextClean(text, whole);
    strcpy(first, whole);
    while (WeirTextWidth(cr, font, first) > width && (space = strrchr(first, ' ')) &&
           space > first)
        *space = '\0';
    if (strlen(first) == strlen(whole) || WeirTextWidth(cr, font, first) > width) {
        WeirTextFit(cr, font, whole, width, first);
        return 1;
    }
    WeirTextFit(cr, font, whole + strlen(first) + 1, width, second);
    return 2;
}

void WeirTextDraw(cairo_t *cr, const WeirFont *font, const WeirColor *color,
                  const char *text, double x, double y, double align)
{
    if (!*text)
        return;
    x -= align > 0 ? align * WeirTextWidth(cr, font, text) : 0;
    Select(cr, font);
    cairo_set_source_rgb(cr, color->r, color->g, color->b);
    cairo_move_to(cr, x, y);
    cairo_show_text(cr, text);
    cairo_new_path(cr);
}
