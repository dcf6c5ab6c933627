#include "config.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "plot/unit.h"

/* The power of 1000 below a magnitude, as an exponent of ten. */
static int Exponent(double magnitude)
{
    return magnitude > 0 ? 3 * (int)floor(log10(magnitude) / 3 + 1e-9) : 0;
}

static int TakesPrefix(const char *unit)
{
    static const char *const names[] = { "bit", "bit/s", "B",   "B/s",
                                         "pps", "pkt/s", "pkt", "Hz" };
    size_t i;
    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(unit, names[i]) == 0)
            return 1;
    return 0;
}

static void Name(WeirScale *scale, double factor, const char *prefix, const char *unit)
{
    scale->factor = factor;
    snprintf(scale->unit, sizeof scale->unit, "%s%s", prefix, unit);
}

static void Seconds(double magnitude, int decimal, WeirScale *scale)
{
    static const char *const small[] = { "m", "µ", "n", "p" };
    int exponent = Exponent(magnitude);
    scale->prefixed = 1;
    if (exponent < -12 || magnitude >= 1e10)
        snprintf(scale->suffix, sizeof scale->suffix, "e%d", exponent);
    if (exponent < 0 || magnitude >= 1e10)
        Name(scale, pow(10, exponent),
             exponent >= -12 && exponent < 0 ? small[-exponent / 3 - 1] : "", "s");
    else if (decimal || magnitude < 600)
        Name(scale, 1, "", "s");
    else if (magnitude < 3 * 3600)
        Name(scale, 60, "", "min");
    else if (magnitude < 3 * 86400)
        Name(scale, 3600, "", "h");
    else
        Name(scale, 86400, "", "d");
}

void WeirScaleFor(const char *unit, double magnitude, int decimal, WeirScale *scale)
{
    static const char prefixes[] = "kMGTPE";
    int exponent = Exponent(magnitude);
    memset(scale, 0, sizeof *scale);
    if (strcmp(unit, "s") == 0) {
        Seconds(magnitude, decimal, scale);
        return;
    }
    scale->prefixed = TakesPrefix(unit);
    if (scale->prefixed && exponent >= 3 && exponent <= 18) {
        char prefix[2] = { prefixes[exponent / 3 - 1], '\0' };
        Name(scale, pow(10, exponent), prefix, unit);
        return;
    }
    /* Four digits and thousandths are still easy to read. */
    if (magnitude < 1e4 && (magnitude >= 1e-3 || magnitude <= 0))
        exponent = 0;
    Name(scale, pow(10, exponent), "", unit);
    if (exponent >= 3 && exponent <= 12)
        snprintf(scale->suffix, sizeof scale->suffix, "%c", prefixes[exponent / 3 - 1]);
    else if (exponent != 0)
        snprintf(scale->suffix, sizeof scale->suffix, "e%d", exponent);
}
