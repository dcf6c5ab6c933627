/* The table of things by key: found by key in order of adding, also while it grows. */
#include "config.h"
#include <stdlib.h>
#include "base/keytab.h"
#include "check.h"

enum { MANY = 5000, KEYS = 1250 };

typedef struct Thing {
    int number;
    WeirKeyLink link;
} Thing;

/* The number of the nth thing with this key, -1 when there are fewer. */
static int Nth(const WeirKeyTab *tab, uint64_t key, int n)
{
    Thing *thing = WeirKeyTabFind(tab, key);
    while (thing && n-- > 0)
        thing = WeirKeyTabNext(&thing->link);
    return thing ? thing->number : -1;
}

static void TestEmpty(void)
{
    WeirKeyTab tab = { 0 };
    Thing thing = { 0 };
    CHECK(WeirKeyTabFind(&tab, 7) == NULL);
    WeirKeyTabRemove(&tab, &thing.link);
    CHECK(tab.count == 0);
    WeirKeyTabFree(&tab);
}

/* Four things for each key; the keys lie far apart or side by side. */
static void TestMany(uint64_t apart)
{
    WeirKeyTab tab = { 0 };
    Thing *things = calloc(MANY, sizeof *things);
    int i, key;
    for (i = 0; i < MANY; i++) {
        things[i].number = i;
        WeirKeyTabAdd(&tab, &things[i].link, (uint64_t)(i % KEYS) * apart, &things[i]);
    }
    CHECK(tab.count == MANY);
    for (key = 0; key < KEYS; key++) {
        for (i = 0; i < 4; i++)
            CHECK(Nth(&tab, (uint64_t)key * apart, i) == key + i * KEYS);
        CHECK(Nth(&tab, (uint64_t)key * apart, 4) == -1);
    }
    CHECK(WeirKeyTabFind(&tab, KEYS * apart) == NULL);
    for (i = KEYS; i < 2 * KEYS; i++) /* the second of each */
        WeirKeyTabRemove(&tab, &things[i].link);
    WeirKeyTabRemove(&tab, &things[KEYS].link); /* in no table any more */
    CHECK(tab.count == MANY - KEYS);
    for (key = 0; key < KEYS; key++) {
        CHECK(Nth(&tab, (uint64_t)key * apart, 0) == key);
        CHECK(Nth(&tab, (uint64_t)key * apart, 1) == key + 2 * KEYS);
        CHECK(Nth(&tab, (uint64_t)key * apart, 3) == -1);
    }
    WeirKeyTabAdd(&tab, &things[KEYS].link, 0, &things[KEYS]);
    CHECK(Nth(&tab, 0, 3) == KEYS);
    WeirKeyTabFree(&tab);
    CHECK(WeirKeyTabFind(&tab, 0) == NULL);
    free(things);
}

int main(void)
{
    TestEmpty();
    TestMany(1);
    TestMany(UINT64_C(1) << 32);
    TestMany(UINT64_C(0x9e3779b97f4a7c15));
    return failures != 0;
}
