#include "config.h"
#include <stdatomic.h>
#include <unistd.h>
#include "base/clock.h"
#include "wire/settle.h"

static atomic_int busy[WEIR_BUSY_KINDS];

void WeirBusy(unsigned kind, int change)
{
    int i = 0;
    while (kind >> i != 1)
        i++;
    atomic_fetch_add(&busy[i], change);
}

int WeirSettle(unsigned kinds, int64_t timeoutNs)
{
    int64_t until = WeirMonoNs() + timeoutNs;
    for (;;) {
        int i, left = 0;
        for (i = 0; i < WEIR_BUSY_KINDS; i++)
            if (kinds >> i & 1)
                left += atomic_load(&busy[i]);
        if (left <= 0 || WeirMonoNs() >= until)
            return left;
        usleep(2000);
    }
}
