/* Units on an axis: which multiple of a unit makes short labels. */
#ifndef WEIR_UNIT_H
#define WEIR_UNIT_H

typedef struct WeirScale {
    double factor; /* a label shows value / factor */
    char unit[64]; /* the unit with its prefix, "Mbit/s", "ms", "min"; "" without unit */
    char suffix[16]; /* behind each number otherwise: "", "k", "e-6" */
    int prefixed;    /* the unit is one that takes prefixes */
} WeirScale;

/* The multiple for numbers of about this magnitude.  Seconds become ps to ms, and
 * minutes, hours and days from 10 minutes, 3 hours and 3 days on unless `decimal` asks
 * for powers of ten; bits, bytes, packets and hertz (bit, B, pps, pkt/s, Hz, also per
 * second) take k to E. Any other unit, and none, stays as it is and the numbers get the
 * suffix. */
void WeirScaleFor(const char *unit, double magnitude, int decimal, WeirScale *scale);

#endif
