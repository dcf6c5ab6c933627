/* An axis: a range of values, linear or logarithmic, and the places on it that get a
 * label.
 *
 * Ticks stand at 1, 2, 2.5 or 5 times a power of ten, as Heckbert ("Nice numbers for
 * graph labels", Graphics Gems, 1990) has it; of the possible steps the one is taken
 * whose number of labels is nearest to the wish, with a price on ranges much wider than
 * the data (after Talbot, Lin, Hanrahan, "An extension of Wilkinson's algorithm", 2010).
 */
#ifndef WEIR_AXIS_H
#define WEIR_AXIS_H

typedef struct WeirAxis {
    double lo, hi; /* lo < hi; both above 0 on a logarithmic axis */
    int isLog;
} WeirAxis;

/* Where a value lies: 0 at lo, 1 at hi, beyond that outside.  NaN when a logarithmic axis
 * has no place for it. */
double WeirAxisAt(const WeirAxis *axis, double value);

/* The reverse: the value at such a place. */
double WeirAxisValue(const WeirAxis *axis, double at);

/* A range around data in [lo, hi] (lo > hi: no data) that can be divided: constant data
 * get room.  Quantities stand on zero when that costs little; positions do not. */
void WeirAxisFitQuantity(WeirAxis *axis, double lo, double hi);
void WeirAxisFitPosition(WeirAxis *axis, double lo, double hi);

/* What may happen to an end of the range when ticks are placed. */
typedef enum WeirEnd {
    WEIR_END_FIXED, /* nothing */
    WEIR_END_SNAP,  /* moved out to a tick that is very near */
    WEIR_END_TICK   /* moved out to the next tick */
} WeirEnd;

enum {
    WEIR_LABELS_MAX = 12, /* a linear axis never has more */
    WEIR_TICKS_MAX = 160, /* a logarithmic one has minor ticks as well */
    WEIR_TICK_TEXT = 48,
    WEIR_UNIT_TEXT = 80
};

typedef struct WeirTick {
    double value;
    char label[WEIR_TICK_TEXT]; /* UTF-8; empty for a minor tick */
} WeirTick;

typedef struct WeirTicks {
    int count;
    WeirTick tick[WEIR_TICKS_MAX]; /* ascending, all within the axis */
    char unit[WEIR_UNIT_TEXT];     /* what the labels are in: "Mbit/s" */
} WeirTicks;

/* Place ticks and move the ends of the axis as allowed.  `wish` is the number of labels
 * that would look best.  Labels are short: the prefix goes to the unit (12500000 bit/s is
 * "12.5" and "Mbit/s"), seconds become ns, us, ms, minutes, hours or days, what takes no
 * prefix counts in k, M, G.  When a range is narrow and far from zero the labels count
 * from a round number that `unit` states ("s + 1700000000 s").  A logarithmic axis that
 * goes beyond the prefixes is labelled in powers of ten, "10⁻⁷". */
void WeirTicksPlace(WeirTicks *ticks, WeirAxis *axis, WeirEnd lo, WeirEnd hi,
                    const char *unit, int wish);

#endif
