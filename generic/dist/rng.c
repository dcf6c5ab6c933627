#include "config.h"
#include <time.h>
#include <unistd.h>
#include "dist/rng.h"

/* The output function of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t Mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t SplitMix(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    return Mix(*state);
}

/* FNV-1a, 64 bits. */
static uint64_t HashName(const char *name)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    return hash;
}

void WeirRngSeed(WeirRng *rng, uint64_t seed, const char *stream)
{
    /* The seed is mixed first, so that no other seed and name give the same exclusive or.
     */
    uint64_t state = SplitMix(&seed) ^ HashName(stream);
    int i;
    for (i = 0; i < 4; i++)
        rng->s[i] = SplitMix(&state);
}

uint64_t WeirRngRandomSeed(void)
{
    struct timespec now;
    uint64_t seed;
    if (getentropy(&seed, sizeof seed) == 0)
        return seed;
    clock_gettime(CLOCK_REALTIME, &now);
    return Mix((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec +
               ((uint64_t)getpid() << 48));
}

static uint64_t RotateLeft(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

uint64_t WeirRngNext(WeirRng *rng)
{
    uint64_t *s = rng->s;
    uint64_t result = RotateLeft(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = RotateLeft(s[3], 45);
    return result;
}

double WeirRngUniform(WeirRng *rng)
{
    uint64_t bits;
    do
        bits = WeirRngNext(rng) >> 11;
    while (bits == 0);
    return (double)bits * 0x1p-53;
}
