/* Colours: the two looks, and colours given as text. */
#ifndef WEIR_LOOK_H
#define WEIR_LOOK_H
#include "base/err.h"

typedef struct WeirColor {
    double r, g, b; /* 0 to 1 */
} WeirColor;

enum { WEIR_PALETTE = 6 };

typedef struct WeirLook {
    WeirColor background, text, muted, grid, fineGrid, axis;
    WeirColor palette[WEIR_PALETTE]; /* of the curves, in order */
} WeirLook;

enum { WEIR_LOOK_LIGHT, WEIR_LOOK_DARK };
extern const char *const weirLookNames[]; /* light dark NULL */
const WeirLook *WeirLookOf(int which);

/* "#rgb" or "#rrggbb". */
int WeirColorParse(const char *text, WeirColor *color, WeirErr *err);

#endif
