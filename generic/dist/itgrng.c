/* Two 16-bit multiply-with-carry generators side by side (Marsaglia 1994): each keeps its
 * carry in [0] and its last results in [1] to [8]. */
#include "config.h"
#include <math.h>
#include "dist/itgrng.h"

enum { LAG = 8 };

static const int16_t weightsA[LAG] = { 1941, 1860, 1812, 1776, 1492, 1215, 1066, 12013 };
static const int16_t weightsB[LAG] = { 1111, 2222, 3333, 4444, 5555, 6666, 7777, 9272 };

void WeirItgRngSeed(WeirItgRng *rng, double seed)
{
    uint64_t x = (uint64_t)floor(seed * 0x1p31);
    uint64_t low = x & 0xffff, number = x & 0x7fffffff;
    int i;
    for (i = 0; i < 18; i++) {
        number = 30903 * low + (number >> 16);
        low = number & 0xffff;
        if (i < 9)
            rng->a[i] = (int16_t)low;
        else
            rng->b[i - 9] = (int16_t)low;
    }
    rng->a[0] &= 0x7fff;
    rng->b[0] &= 0x7fff;
    rng->a[9] = rng->b[9] = 0;
}

/* One step; the new result.  [2..9] take the old [1..8], then sum and carry are taken
 * apart. */
static uint16_t Step(int16_t state[10], const int16_t weights[LAG])
{
    uint64_t sum = (uint64_t)(int64_t)state[0];
    int i;
    for (i = LAG + 1; i > 1; i--)
        state[i] = state[i - 1];
    for (i = 0; i < LAG; i++)
        sum += (uint64_t)((int64_t)state[i + 2] * weights[i]);
    state[0] = (int16_t)(sum >> 16);
    state[1] = (int16_t)sum;
    return (uint16_t)sum;
}

double WeirItgRngUniform(WeirItgRng *rng)
{
    /* The sum of a shifted and a signed number modulo 2^32. */
    uint32_t high = (uint32_t)Step(rng->a, weightsA) << 16;
    uint32_t low = (uint32_t)(int32_t)(int16_t)Step(rng->b, weightsB);
    return ((double)(uint32_t)(high + low) + 0.5) / 0x1p32;
}
