/* A hash table of things that carry their own link, found by a 64-bit key: flow ids,
 * hashes of addresses.  Several things may have the same key; they are found in the order
 * in which they were added.  Adding never fails: without memory to grow, the table gets
 * slower.  Strangers may choose the keys, but not which of them collide (base/hash.h).
 * One thread at a time. */
#ifndef WEIR_KEYTAB_H
#define WEIR_KEYTAB_H
#include <stddef.h>
#include <stdint.h>

/* Lives in the thing that is found; all zero: in no table. */
typedef struct WeirKeyLink {
    struct WeirKeyLink *next, *prev; /* of the same bucket */
    uint64_t key;
    void *owner; /* NULL: in no table */
} WeirKeyLink;

typedef struct WeirKeyBucket {
    WeirKeyLink *first, *last;
} WeirKeyBucket;

typedef struct WeirKeyTab { /* all zero: empty */
    WeirKeyBucket one;      /* the only bucket until memory was had for more */
    WeirKeyBucket *buckets;
    size_t size, count; /* size: 0 or a power of two */
    int shift;          /* leaves as many bits of a hash as `size` has */
} WeirKeyTab;

void WeirKeyTabAdd(WeirKeyTab *tab, WeirKeyLink *link, uint64_t key, void *owner);
/* A link that is in no table is left alone. */
void WeirKeyTabRemove(WeirKeyTab *tab, WeirKeyLink *link);
/* The owner of the first link with this key, or NULL; and of the next one after `link`.
 */
void *WeirKeyTabFind(const WeirKeyTab *tab, uint64_t key);
void *WeirKeyTabNext(const WeirKeyLink *link);
/* The table's own memory; what is in it is its owners' affair. */
void WeirKeyTabFree(WeirKeyTab *tab);

#endif
