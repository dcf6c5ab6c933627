/* The few lines that every unit test shares: CHECK counts failures and says where. */
#ifndef WEIR_TEST_CHECK_H
#define WEIR_TEST_CHECK_H
#include <stdio.h>

static int failures;

#define CHECK(condition)                                                                 \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            failures++;                                                                  \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                       \
        }                                                                                \
    } while (0)

#endif
