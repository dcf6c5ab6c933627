/* What a fuzz target provides: libFuzzer's entry point, and files to start from for
 * driver.c, which runs the target as a plain test. */
#ifndef WEIR_FUZZ_H
#define WEIR_FUZZ_H
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Paths below the source directory; ends with NULL. */
extern const char *const weirFuzzSeeds[];

#endif
