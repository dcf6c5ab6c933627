#include "config.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "tcl/value.h"

typedef struct Unit {
    const char *name;
    double scale;
} Unit;

static const Unit durationUnits[] = { { "", 1e9 },     { "ns", 1 },     { "us", 1e3 },
                                      { "ms", 1e6 },   { "s", 1e9 },    { "m", 60e9 },
                                      { "min", 60e9 }, { "h", 3600e9 }, { NULL, 0 } };
static const Unit bitrateUnits[] = { { "", 1 },         { "bit", 1 },
                                     { "kbit", 1e3 },   { "Mbit", 1e6 },
                                     { "Gbit", 1e9 },   { "bit/s", 1 },
                                     { "kbit/s", 1e3 }, { "Mbit/s", 1e6 },
                                     { "Gbit/s", 1e9 }, { NULL, 0 } };
static const Unit packetRateUnits[] = { { "", 1 },       { "pps", 1 },   { "kpps", 1e3 },
                                        { "Mpps", 1e6 }, { "pkt/s", 1 }, { NULL, 0 } };
static const Unit sizeUnits[] = { { "", 1 },          { "B", 1 },
                                  { "kB", 1e3 },      { "MB", 1e6 },
                                  { "GB", 1e9 },      { "KiB", 1024 },
                                  { "MiB", 1048576 }, { "GiB", 1073741824 },
                                  { NULL, 0 } };

/* A number followed by a unit of the table.  strtod also takes "inf", "nan" and
 * hexadecimal; the first character check keeps those out. */
static int ParseUnit(const char *text, const Unit *units, const char *what,
                     const char *examples, double *out, WeirErr *err)
{
    const char *p = text;
    char *end;
    double number;
    while (isspace((unsigned char)*p))
        p++;
    if (isdigit((unsigned char)*p) || *p == '.' || *p == '-' || *p == '+') {
        number = strtod(p, &end);
        if (end != p && isfinite(number) && !(p[0] == '0' && (p[1] | 32) == 'x')) {
            while (isspace((unsigned char)*end))
                end++;
            for (; units->name; units++) {
                if (strcmp(units->name, end) == 0) {
                    *out = number * units->scale;
                    return WEIR_OK;
                }
            }
        }
    }
    return WeirFail(err, WEIR_E_ARG,
                    "\"%.60s\" is not a %s: use a number and a unit, such as %s", text,
                    what, examples);
}

int WeirParseDuration(const char *text, int64_t *ns, WeirErr *err)
{
    double value;
    int rc = ParseUnit(text, durationUnits, "duration", "250ms, 10s, 2m or 10 (seconds)",
                       &value, err);
    if (rc < 0)
        return rc;
    if (value < 0 || value > 9.2e18)
        return WeirFail(err, WEIR_E_ARG,
                        "duration \"%.60s\" is out of range: use 0 to 292 years", text);
    *ns = (int64_t)llround(value);
    return WEIR_OK;
}

static int ParseRate(const char *text, const Unit *units, const char *what,
                     const char *examples, double *out, WeirErr *err)
{
    double value;
    int rc = ParseUnit(text, units, what, examples, &value, err);
    if (rc < 0)
        return rc;
    if (value < 0)
        return WeirFail(err, WEIR_E_ARG, "%s \"%.60s\" is negative: use 0 or more", what,
                        text);
    *out = value;
    return WEIR_OK;
}

int WeirParseBitrate(const char *text, double *bps, WeirErr *err)
{
    return ParseRate(text, bitrateUnits, "bit rate", "64kbit, 10Mbit or 1.5Gbit", bps,
                     err);
}

int WeirParsePacketRate(const char *text, double *pps, WeirErr *err)
{
    return ParseRate(text, packetRateUnits, "packet rate", "1000pps or 10kpps", pps, err);
}

int WeirParseSize(const char *text, int64_t *bytes, WeirErr *err)
{
    double value;
    int rc = ParseUnit(text, sizeUnits, "size", "512, 64KiB or 1MB", &value, err);
    if (rc < 0)
        return rc;
    if (value < 0 || value > 9.0e18)
        return WeirFail(err, WEIR_E_ARG,
                        "size \"%.60s\" is out of range: use 0 to 9e18 bytes", text);
    if (value != floor(value))
        return WeirFail(err, WEIR_E_ARG, "size \"%.60s\" is not a whole number of bytes",
                        text);
    *bytes = (int64_t)value;
    return WEIR_OK;
}

/* The largest unit in which the value prints in at most four significant places exactly.
 */
static const char *PrintUnit(double value, const Unit *units, const char *base, char *buf)
{
    const Unit *best = NULL, *u;
    for (u = units; u->name; u++) {
        double q = value / u->scale;
        if (u->name[0] && !strchr(u->name, '/') && strcmp(u->name, "min") != 0 &&
            q >= 1 && fabs(q * 1000 - round(q * 1000)) < 1e-9 * q &&
            (!best || u->scale > best->scale))
            best = u;
    }
    if (best)
        snprintf(buf, WEIR_VALUE_TEXT, "%.15g%s", value / best->scale, best->name);
    else
        snprintf(buf, WEIR_VALUE_TEXT, "%.15g%s", value, base);
    return buf;
}

const char *WeirPrintDuration(int64_t ns, char *buf)
{
    if (ns == 0)
        return strcpy(buf, "0s");
    return PrintUnit((double)ns, durationUnits, "ns", buf);
}

const char *WeirPrintBitrate(double bps, char *buf)
{
    return PrintUnit(bps, bitrateUnits, "bit", buf);
}

const char *WeirPrintPacketRate(double pps, char *buf)
{
    return PrintUnit(pps, packetRateUnits, "pps", buf);
}

const char *WeirPrintSize(int64_t bytes, char *buf)
{
    if (bytes > 0 && bytes % 1024 == 0)
        return PrintUnit((double)bytes, sizeUnits + 5, "", buf);
    snprintf(buf, WEIR_VALUE_TEXT, "%lld", (long long)bytes);
    return buf;
}
