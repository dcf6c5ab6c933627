#include "config.h"
#include <stdatomic.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/hash.h"

static uint64_t Draw(void)
{
    uint64_t bits;
    if (getentropy(&bits, sizeof bits) < 0) /* a kernel without it: hard to guess */
        bits = (uint64_t)WeirMonoNs() * UINT64_C(11400714819323198485) ^
               (uint64_t)getpid() << 32 ^ (uint64_t)(uintptr_t)&bits;
    return bits | 1;
}

uint64_t WeirHashSecret(void)
{
    static _Atomic uint64_t secret;
    uint64_t now = atomic_load_explicit(&secret, memory_order_relaxed), drawn;
    if (now)
        return now;
    drawn = Draw();
    return atomic_compare_exchange_strong(&secret, &now, drawn) ? drawn : now;
}
