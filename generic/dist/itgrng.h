/* D-ITG's own generator (Marsaglia's "mother of all" as seeded by `-s`), bit for bit. */
#ifndef WEIR_ITGRNG_H
#define WEIR_ITGRNG_H
#include <stdint.h>

typedef struct WeirItgRng {
    int16_t a[10], b[10];
} WeirItgRng;

void WeirItgRngSeed(WeirItgRng *rng, double seed); /* 0 < seed < 1 */
double WeirItgRngUniform(WeirItgRng *rng);         /* in (0,1) */

#endif
