/* Hashes for tables whose keys strangers choose: they depend on a secret of this process,
 * so nobody outside can tell which keys collide. */
#ifndef WEIR_HASH_H
#define WEIR_HASH_H
#include <stdint.h>

/* 64 random bits, the same ones as long as the process lives; odd. */
uint64_t WeirHashSecret(void);

#endif
