#include "config.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include "base/ring.h"

/* head and tail count elements for ever; the slot is the count modulo the size.  Each
 * side keeps a private copy of the other's counter and reloads it only when it seems to
 * have run out, so the two cache lines rarely travel. */
struct WeirRing {
    size_t mask, elemBytes;
    unsigned char *slots;
    _Alignas(64) atomic_size_t head; /* next to write; written by the producer */
    size_t seenTail;                 /* producer's copy of tail */
    _Alignas(64) atomic_size_t tail; /* next to read; written by the consumer */
    size_t seenHead;                 /* consumer's copy of head */
};

WeirRing *WeirRingNew(size_t slots, size_t elemBytes)
{
    WeirRing *ring = aligned_alloc(64, (sizeof *ring + 63) / 64 * 64);
    size_t size = 2;
    while (size < slots)
        size *= 2;
    if (!ring)
        return NULL;
    memset(ring, 0, sizeof *ring);
    ring->mask = size - 1;
    ring->elemBytes = elemBytes;
    ring->slots = malloc(size * elemBytes);
    if (!ring->slots) {
        free(ring);
        return NULL;
    }
    atomic_init(&ring->head, 0);
    atomic_init(&ring->tail, 0);
    return ring;
}

void WeirRingFree(WeirRing *ring)
{
    if (ring) {
        free(ring->slots);
        free(ring);
    }
}

bool WeirRingPut(WeirRing *ring, const void *elem)
{
    size_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    if (head - ring->seenTail > ring->mask) {
        ring->seenTail = atomic_load_explicit(&ring->tail, memory_order_acquire);
        if (head - ring->seenTail > ring->mask)
            return false;
    }
    memcpy(ring->slots + (head & ring->mask) * ring->elemBytes, elem, ring->elemBytes);
    atomic_store_explicit(&ring->head, head + 1, memory_order_release);
    return true;
}

size_t WeirRingPeek(WeirRing *ring, size_t max, const void **first)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    size_t slot = tail & ring->mask, count;
    if (ring->seenHead == tail)
        ring->seenHead = atomic_load_explicit(&ring->head, memory_order_acquire);
    count = ring->seenHead - tail;
    if (count > ring->mask + 1 - slot)
        count = ring->mask + 1 - slot;
    if (count > max)
        count = max;
    *first = ring->slots + slot * ring->elemBytes;
    return count;
}

void WeirRingDrop(WeirRing *ring, size_t count)
{
    size_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    atomic_store_explicit(&ring->tail, tail + count, memory_order_release);
}

size_t WeirRingUsed(WeirRing *ring)
{
    return atomic_load_explicit(&ring->head, memory_order_acquire) -
           atomic_load_explicit(&ring->tail, memory_order_acquire);
}
