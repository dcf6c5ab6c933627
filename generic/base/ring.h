/* A bounded ring of fixed-size elements between exactly one producer thread and one
 * consumer thread.  Neither side ever waits: a full ring refuses the element and the
 * producer counts the loss. */
#ifndef WEIR_RING_H
#define WEIR_RING_H
#include <stdbool.h>
#include <stddef.h>

typedef struct WeirRing WeirRing;

/* `slots` is rounded up to a power of two.  NULL when out of memory. */
WeirRing *WeirRingNew(size_t slots, size_t elemBytes);
void WeirRingFree(WeirRing *ring);

/* Producer: copies one element in; false when full. */
bool WeirRingPut(WeirRing *ring, const void *elem);

/* Consumer: a view of up to `max` consecutive elements in `*first`; returns how many.
 * They stay valid until WeirRingDrop gives that many back. */
size_t WeirRingPeek(WeirRing *ring, size_t max, const void **first);
void WeirRingDrop(WeirRing *ring, size_t count);

/* Elements now in the ring (exact for either side when the other rests). */
size_t WeirRingUsed(WeirRing *ring);

#endif
