/* dist: probability distributions, random streams, arrival processes.
 *
 * This header: random streams.  A stream is derived from one experiment seed and a name
 * ("flow3.idt"), so adding a flow changes nobody else's draws and a run is the same on
 * one thread or ten.  Generator: xoshiro256++ (Blackman and Vigna 2019), state filled by
 * splitmix64 from the seed and an FNV-1a hash of the name. */
#ifndef WEIR_RNG_H
#define WEIR_RNG_H
#include <stdint.h>

typedef struct WeirRng {
    uint64_t s[4];
} WeirRng;

void WeirRngSeed(WeirRng *rng, uint64_t seed, const char *stream);
/* An experiment seed from the system's entropy. */
uint64_t WeirRngRandomSeed(void);

uint64_t WeirRngNext(WeirRng *rng);
/* Uniform in the open interval (0,1), 53 bits. */
double WeirRngUniform(WeirRng *rng);

#endif
