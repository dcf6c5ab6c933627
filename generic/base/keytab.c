#include "config.h"
#include <stdlib.h>
#include <string.h>
#include "base/hash.h"
#include "base/keytab.h"

enum { FIRST_BITS = 4, FIRST_SIZE = 1 << FIRST_BITS };

/* Multiply-shift hashing (Dietzfelbinger, Hagerup, Katajainen and Penttonen 1997): the
 * upper bits of the product with a random odd number; any two keys meet with a
 * probability of at most 2 / size. */
static WeirKeyBucket *BucketOf(const WeirKeyTab *tab, uint64_t key)
{
    if (tab->size == 0)
        return (WeirKeyBucket *)(uintptr_t)&tab->one;
    return &tab->buckets[(key * WeirHashSecret()) >> tab->shift];
}

static void Append(WeirKeyBucket *bucket, WeirKeyLink *link)
{
    link->next = NULL;
    link->prev = bucket->last;
    if (bucket->last)
        bucket->last->next = link;
    else
        bucket->first = link;
    bucket->last = link;
}

/* Move all links from `bucket` to where they belong now, in order. */
static void Spread(WeirKeyTab *tab, WeirKeyBucket bucket)
{
    WeirKeyLink *link, *next;
    for (link = bucket.first; link; link = next) {
        next = link->next;
        Append(BucketOf(tab, link->key), link);
    }
}

/* One bucket for each link, twice that after the next doubling. */
static void Grow(WeirKeyTab *tab)
{
    WeirKeyTab old = *tab;
    size_t size = old.size ? 2 * old.size : FIRST_SIZE, i;
    WeirKeyBucket *buckets = calloc(size, sizeof *buckets);
    if (!buckets)
        return;
    memset(&tab->one, 0, sizeof tab->one);
    tab->buckets = buckets;
    tab->size = size;
    tab->shift = old.size ? old.shift - 1 : 64 - FIRST_BITS;
    Spread(tab, old.one);
    for (i = 0; i < old.size; i++)
        Spread(tab, old.buckets[i]);
    free(old.buckets);
}

void WeirKeyTabAdd(WeirKeyTab *tab, WeirKeyLink *link, uint64_t key, void *owner)
{
    if (tab->count > tab->size)
        Grow(tab);
    link->key = key;
    link->owner = owner;
    Append(BucketOf(tab, key), link);
    tab->count++;
}

void WeirKeyTabRemove(WeirKeyTab *tab, WeirKeyLink *link)
{
    WeirKeyBucket *bucket;
    if (!link->owner)
        return;
    bucket = BucketOf(tab, link->key);
    if (link->prev)
        link->prev->next = link->next;
    else
        bucket->first = link->next;
    if (link->next)
        link->next->prev = link->prev;
    else
        bucket->last = link->prev;
    memset(link, 0, sizeof *link);
    tab->count--;
}

static void *SkipTo(const WeirKeyLink *link, uint64_t key)
{
    while (link && link->key != key)
        link = link->next;
    return link ? link->owner : NULL;
}

void *WeirKeyTabFind(const WeirKeyTab *tab, uint64_t key)
{
    return SkipTo(BucketOf(tab, key)->first, key);
}

void *WeirKeyTabNext(const WeirKeyLink *link)
{
    return SkipTo(link->next, link->key);
}

void WeirKeyTabFree(WeirKeyTab *tab)
{
    free(tab->buckets);
    memset(tab, 0, sizeof *tab);
}
