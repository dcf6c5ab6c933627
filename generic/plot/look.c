#include "config.h"
#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "plot/look.h"

#define RGB(hex)                                                                         \
    {                                                                                    \
        ((hex) >> 16) / 255., ((hex) >> 8 & 255) / 255., ((hex)&255) / 255.              \
    }

static const WeirLook looks[] = {
    [WEIR_LOOK_LIGHT] = { RGB(0xffffff),
                          RGB(0x333333),
                          RGB(0x6b7280),
                          RGB(0xe3e6e8),
                          RGB(0xf1f3f4),
                          RGB(0x9aa1a9),
                          { RGB(0x1f77b4), RGB(0xd95f02), RGB(0x1b9e77), RGB(0x7570b3),
                            RGB(0xe7298a), RGB(0x66a61e) } },
    /* The same hues, lighter, for the same contrast. */
    [WEIR_LOOK_DARK] = { RGB(0x16191d),
                         RGB(0xe6e8ea),
                         RGB(0x9aa3ad),
                         RGB(0x2b3037),
                         RGB(0x20242a),
                         RGB(0x69727d),
                         { RGB(0x5aa9e6), RGB(0xff8c42), RGB(0x3ecf9f), RGB(0xa9a4ee),
                           RGB(0xff6fb5), RGB(0xa3d64f) } },
};

const char *const weirLookNames[] = { "light", "dark", NULL };

const WeirLook *WeirLookOf(int which)
{
    return &looks[which];
}

int WeirColorParse(const char *text, WeirColor *color, WeirErr *err)
{
    size_t digits = strspn(text + (*text == '#'), "0123456789abcdefABCDEF");
    unsigned long hex;
    if (*text != '#' || (digits != 3 && digits != 6) || text[1 + digits])
        return WeirFail(err, WEIR_E_ARG,
                        "\"%.60s\" is not a colour: use #rgb or #rrggbb, such as #1f77b4",
                        text);
    hex = strtoul(text + 1, NULL, 16);
    if (digits == 3) /* #abc is #aabbcc */
        hex = (hex >> 8) * 0x110000 + (hex >> 4 & 15) * 0x1100 + (hex & 15) * 0x11;
    *color = (WeirColor)RGB(hex);
    return WEIR_OK;
}
