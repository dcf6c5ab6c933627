#include "config.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "plot/axis.h"
#include "plot/unit.h"

/* Decades from one value to another, also where their ratio is no double. */
static double Decades(double from, double to)
{
    double ratio = to / from;
    return ratio > 1e-290 && ratio < 1e290 ? log10(ratio) : log10(to) - log10(from);
}

double WeirAxisAt(const WeirAxis *axis, double value)
{
    if (!axis->isLog)
        return (value - axis->lo) / (axis->hi - axis->lo);
    return value > 0 ? Decades(axis->lo, value) / Decades(axis->lo, axis->hi) : NAN;
}

double WeirAxisValue(const WeirAxis *axis, double at)
{
    if (!axis->isLog)
        return axis->lo + at * (axis->hi - axis->lo);
    /* In two steps: hundreds of decades are no factor. */
    at *= Decades(axis->lo, axis->hi) / 2;
    return axis->lo * pow(10, at) * pow(10, at);
}

/* ------------------------------------------------------------ ranges */

static double Magnitude(double lo, double hi)
{
    return fmax(fabs(lo), fabs(hi));
}

/* No range that double arithmetic can divide. */
static int IsConstant(double lo, double hi)
{
    return hi - lo <= 1e-12 * Magnitude(lo, hi) || hi - lo < 1e-290;
}

static void Set(WeirAxis *axis, double lo, double hi)
{
    axis->lo = lo;
    axis->hi = hi;
}

static void FitLog(WeirAxis *axis, double lo, double hi)
{
    lo = fmax(lo, 1e-300); /* as far as values reach the other way */
    if (lo > hi)
        Set(axis, 1, 10);
    else if (IsConstant(lo, hi))
        Set(axis, lo / 2, lo * 2);
    else
        Set(axis, lo, hi);
}

void WeirAxisFitQuantity(WeirAxis *axis, double lo, double hi)
{
    if (axis->isLog) {
        FitLog(axis, lo, hi);
    } else if (lo > hi || Magnitude(lo, hi) < 1e-290) {
        Set(axis, 0, 1);
    } else if (IsConstant(lo, hi)) {
        Set(axis, fmin(0, 1.1 * lo), fmax(0, 1.1 * hi));
    } else {
        /* Zero is worth up to 40 % of the height. */
        Set(axis, lo > 0 && lo < 0.4 * hi ? 0 : lo, hi < 0 && hi > 0.4 * lo ? 0 : hi);
    }
}

void WeirAxisFitPosition(WeirAxis *axis, double lo, double hi)
{
    if (axis->isLog) {
        FitLog(axis, lo, hi);
    } else if (lo > hi) {
        Set(axis, 0, 1);
    } else if (IsConstant(lo, hi)) {
        double about = Magnitude(lo, hi);
        double room = about < 1e-290 ? 0.5 : 0.5 * pow(10, floor(log10(about)));
        Set(axis, lo - room, hi + room);
    } else {
        Set(axis, lo > 0 && lo < 0.05 * (hi - lo) ? 0 : lo, hi);
    }
}

/* ------------------------------------------------------------ linear ticks */

/* Ticks at step * first, step * (first + 1), ... step * last. */
typedef struct Grid {
    double step, first, last;
} Grid;

static Grid GridFor(double step, double lo, double hi, WeirEnd loEnd, WeirEnd hiEnd)
{
    double near = 0.04 * (hi - lo);
    Grid g = { step, ceil(lo / step - 1e-9), floor(hi / step + 1e-9) };
    if (g.first * step > lo &&
        (loEnd == WEIR_END_TICK ||
         (loEnd == WEIR_END_SNAP && lo - (g.first - 1) * step < near)))
        g.first = floor(lo / step + 1e-9);
    if (g.last * step < hi &&
        (hiEnd == WEIR_END_TICK ||
         (hiEnd == WEIR_END_SNAP && (g.last + 1) * step - hi < near)))
        g.last = ceil(hi / step - 1e-9);
    return g;
}

/* How far a grid is from the wish: the ratio of the numbers of labels, the share of the
 * axis that would be empty, and a little for the less usual 2.5. */
static double Price(const Grid *g, double lo, double hi, double mantissa, int wish)
{
    double count = g->last - g->first + 1, width = (g->last - g->first) * g->step;
    double price = fabs(log(count / wish)) + fmax(0, width / (hi - lo) - 1);
    if (count < 3)
        price += 2;
    return price + (mantissa == 2.5 ? 0.25 : 0);
}

static Grid BestGrid(double lo, double hi, WeirEnd loEnd, WeirEnd hiEnd, int wish)
{
    static const double mantissas[] = { 1, 2, 2.5, 5 };
    Grid best = { hi - lo, 0, 0 };
    double bestPrice = HUGE_VAL;
    int from = (int)floor(log10((hi - lo) / wish)) - 1, exponent, i;
    for (exponent = from; exponent <= from + 3; exponent++) {
        for (i = 0; i < 4; i++) {
            double step = mantissas[i] * pow(10, exponent), price;
            Grid g = GridFor(step, lo, hi, loEnd, hiEnd);
            if (g.last - g.first < 1 || g.last - g.first >= WEIR_LABELS_MAX)
                continue;
            price = Price(&g, lo, hi, mantissas[i], wish);
            if (price < bestPrice) {
                bestPrice = price;
                best = g;
            }
        }
    }
    return best;
}

/* Decimal places that show every multiple of the step exactly. */
static int Places(double step)
{
    int places;
    for (places = 0; places < 17; places++) {
        double scaled = step * pow(10, places);
        if (fabs(scaled - round(scaled)) < 1e-6 * scaled)
            break;
    }
    return places;
}

/* A number as people write it: a real minus sign, zero without decimals. */
static void Label(char *label, double number, int places, const char *suffix)
{
    char digits[20];
    if (number == 0) {
        strcpy(label, "0");
        return;
    }
    snprintf(digits, sizeof digits, "%.*f", places, fabs(number));
    snprintf(label, WEIR_TICK_TEXT, "%s%s%s", number < 0 ? "\u2212" : "", digits, suffix);
}

/* The round number that the labels of a narrow range far from zero count from, else 0:
 * one in the range that is much rounder than the labels, or one just below the range. */
static double Offset(const WeirAxis *axis)
{
    double range = axis->hi - axis->lo, unit, inside;
    if (range >= 1e-5 * Magnitude(axis->lo, axis->hi))
        return 0;
    unit = pow(10, ceil(log10(range) - 1e-9));
    inside = floor(axis->hi / (1000 * unit)) * 1000 * unit;
    return inside >= axis->lo ? inside : floor(axis->lo / unit) * unit;
}

static void StateOffset(WeirTicks *ticks, double offset, const char *unit)
{
    size_t used = strlen(ticks->unit);
    snprintf(ticks->unit + used, sizeof ticks->unit - used, "%s%s %.15g%s%s",
             used ? " " : "", offset < 0 ? "\u2212" : "+", fabs(offset), *unit ? " " : "",
             unit);
}

/* The unit for numbers in [lo, hi]: no minutes where they would show fractions of one. */
static void UnitFor(const char *unit, double lo, double hi, WeirScale *scale)
{
    WeirScaleFor(unit, Magnitude(lo, hi), 0, scale);
    if (scale->factor >= 60 && strcmp(unit, "s") == 0 && hi - lo < 3 * scale->factor)
        WeirScaleFor(unit, fmax(1, hi - lo), 0, scale);
}

static void PlaceLinear(WeirTicks *ticks, WeirAxis *axis, WeirEnd loEnd, WeirEnd hiEnd,
                        const char *unit, int wish)
{
    double offset = Offset(axis), lo = axis->lo - offset, hi = axis->hi - offset, number;
    WeirScale scale;
    Grid g;
    int places;
    UnitFor(unit, lo, hi, &scale);
    snprintf(ticks->unit, sizeof ticks->unit, "%s", scale.unit);
    if (offset != 0)
        StateOffset(ticks, offset, unit);
    g = BestGrid(lo / scale.factor, hi / scale.factor, loEnd, hiEnd, wish);
    places = Places(g.step);
    for (number = g.first; number <= g.last; number++) {
        WeirTick *tick = &ticks->tick[ticks->count++];
        tick->value = offset + number * g.step * scale.factor;
        Label(tick->label, number * g.step, places, scale.suffix);
    }
    if (loEnd != WEIR_END_FIXED)
        axis->lo = fmin(axis->lo, ticks->tick[0].value);
    if (hiEnd != WEIR_END_FIXED)
        axis->hi = fmax(axis->hi, ticks->tick[ticks->count - 1].value);
}

/* ------------------------------------------------------------ logarithmic ticks */

/* The next 1, 2 or 5 times a power of ten at or below (up < 0), at or above (up > 0). */
static double Round125(double value, int up)
{
    static const double mantissas[] = { 1, 2, 5, 10 };
    double decade = pow(10, floor(log10(value) + 1e-9)), mantissa = value / decade;
    int i;
    if (up > 0) {
        for (i = 0; i < 3 && mantissas[i] < mantissa * (1 - 1e-9); i++)
            ;
    } else {
        for (i = 3; i > 0 && mantissas[i] > mantissa * (1 + 1e-9); i--)
            ;
    }
    return mantissas[i] * decade;
}

static void MoveLogEnds(WeirAxis *axis, WeirEnd loEnd, WeirEnd hiEnd)
{
    double below = Round125(axis->lo, -1), above = Round125(axis->hi, 1);
    double near = pow(10, 0.04 * Decades(axis->lo, axis->hi));
    if (loEnd == WEIR_END_TICK || (loEnd == WEIR_END_SNAP && axis->lo / below < near))
        axis->lo = below;
    if (hiEnd == WEIR_END_TICK || (hiEnd == WEIR_END_SNAP && above / axis->hi < near))
        axis->hi = above;
}

/* Each label of a logarithmic axis has its own prefix: "10 µs", "1 ms". */
static void PrefixLabel(char *label, double value, const WeirScale *scale)
{
    snprintf(label, WEIR_TICK_TEXT, "%.6g%s%s%.12s", value / scale->factor, scale->suffix,
             scale->prefixed ? " " : "", scale->prefixed ? scale->unit : "");
}

/* "10⁻⁷", "2×10⁻⁷" */
static void PowerLabel(char *label, double value)
{
    static const char *const raised[] = {
        "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"
    };
    int exponent = (int)floor(log10(value) + 1e-9), digit;
    int mantissa = (int)round(value / pow(10, exponent));
    char digits[12], *p;
    size_t used = 0;
    if (mantissa != 1)
        used = (size_t)snprintf(label, WEIR_TICK_TEXT, "%d×", mantissa);
    used += (size_t)snprintf(label + used, WEIR_TICK_TEXT - used, "10%s",
                             exponent < 0 ? "⁻" : "");
    snprintf(digits, sizeof digits, "%d", abs(exponent));
    for (p = digits; *p; p++) {
        digit = *p - '0';
        used +=
            (size_t)snprintf(label + used, WEIR_TICK_TEXT - used, "%s", raised[digit]);
    }
}

/* Powers of ten, when an end of the axis is beyond what has a prefix. */
static void LabelLog(WeirTicks *ticks, const char *unit)
{
    WeirScale scale;
    int isPower = 0, i;
    for (i = 0; i < ticks->count; i++) {
        WeirScaleFor(unit, ticks->tick[i].value, 1, &scale);
        isPower |= ticks->tick[i].label[0] && scale.suffix[0] == 'e';
    }
    WeirScaleFor(unit, 1, 1, &scale);
    snprintf(ticks->unit, sizeof ticks->unit, "%s",
             scale.prefixed && !isPower ? "" : unit);
    for (i = 0; i < ticks->count; i++) {
        WeirTick *tick = &ticks->tick[i];
        WeirScaleFor(unit, tick->value, 1, &scale);
        if (tick->label[0] && isPower)
            PowerLabel(tick->label, tick->value);
        else if (tick->label[0])
            PrefixLabel(tick->label, tick->value, &scale);
    }
}

/* A tick, which is to get a label when it is a major one. */
static void AddLogTick(WeirTicks *ticks, const WeirAxis *axis, double value, int isMajor)
{
    WeirTick *tick = &ticks->tick[ticks->count];
    if (value < axis->lo * (1 - 1e-9) || value > axis->hi * (1 + 1e-9) ||
        ticks->count == WEIR_TICKS_MAX)
        return;
    tick->value = value;
    strcpy(tick->label, isMajor ? "?" : "");
    ticks->count++;
}

/* How many multiples of `stride` lie in [first, last]. */
static int Multiples(int first, int last, int stride)
{
    return (int)(floor((double)last / stride) - ceil((double)first / stride)) + 1;
}

/* The number of decades between two labels: at most `wish` labels, but two at least. */
static int Stride(int first, int last, int wish)
{
    static const int strides[] = { 1, 2, 3, 5, 10, 20, 30, 50, 100, 200 };
    int i = 0, most = sizeof strides / sizeof *strides - 1;
    while (i < most && Multiples(first, last, strides[i]) > wish &&
           Multiples(first, last, strides[i + 1]) >= 2)
        i++;
    return strides[i];
}

static void PlaceLog(WeirTicks *ticks, const WeirAxis *axis, const char *unit, int wish)
{
    double decades = Decades(axis->lo, axis->hi);
    int first = (int)ceil(log10(axis->lo) - 1e-9),
        last = (int)floor(log10(axis->hi) + 1e-9);
    int stride = Stride(first, last, wish), exponent, digit;
    /* Labels at 2 and 5 where there is room, or at 3 for the sake of a second one. */
    int fine = (decades < 2 || 3 * decades <= wish) && decades <= 0.6 * wish;
    int third = !fine && first == last;
    for (exponent = first - 1; exponent <= last; exponent++) {
        double decade = pow(10, exponent);
        if (stride <= 3 || exponent % stride == 0)
            AddLogTick(ticks, axis, decade, exponent % stride == 0);
        for (digit = 2; digit <= 9 && stride == 1; digit++)
            AddLogTick(ticks, axis, digit * decade,
                       (fine && (digit == 2 || digit == 5)) || (third && digit == 3));
    }
    LabelLog(ticks, unit);
}

/* Steps of a value crowd at the upper end of a logarithm: labels nearer than `least` of
 * the axis to the one before are left out. */
static void ThinLabels(WeirTicks *ticks, const WeirAxis *axis, double least)
{
    double last = -1;
    int i;
    for (i = 0; i < ticks->count; i++) {
        double at = WeirAxisAt(axis, ticks->tick[i].value);
        if (at - last < least)
            ticks->tick[i].label[0] = '\0';
        else
            last = at;
    }
}

void WeirTicksPlace(WeirTicks *ticks, WeirAxis *axis, WeirEnd lo, WeirEnd hi,
                    const char *unit, int wish)
{
    wish = wish < 2 ? 2 : wish > WEIR_LABELS_MAX ? WEIR_LABELS_MAX : wish;
    memset(ticks, 0, sizeof *ticks);
    if (axis->isLog)
        MoveLogEnds(axis, lo, hi);
    if (axis->isLog && axis->hi / axis->lo >= 10 * (1 - 1e-9)) {
        PlaceLog(ticks, axis, unit, wish);
    } else {
        PlaceLinear(ticks, axis, axis->isLog ? WEIR_END_FIXED : lo,
                    axis->isLog ? WEIR_END_FIXED : hi, unit, wish);
        if (axis->isLog)
            ThinLabels(ticks, axis, 0.5 / wish);
    }
}
