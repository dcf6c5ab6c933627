/* Runs a fuzz target without libFuzzer: its seed files as they are, then mutations of
 * them for WEIR_FUZZ_SECONDS (2 unless set).  The mutations are the same in every run. An
 * input that crashes is left in the file `crash.input`.
 *
 * With clang, libFuzzer instead:
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -Igeneric -Iunix -Itests/fuzz
 * -IBUILD \ tests/fuzz/TARGET.c SOURCES -o TARGET */
#include "config.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "fuzz.h"

enum { MAX_BYTES = 64 * 1024, MAX_SEEDS = 64 };

typedef struct Bytes {
    uint8_t *data;
    size_t len;
} Bytes;

static Bytes seeds[MAX_SEEDS];
static int seedCount;
static uint8_t input[MAX_BYTES];
static size_t inputLen;
static uint64_t state = 1;

static uint32_t Draw(uint32_t below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return below ? (uint32_t)((state >> 33) % below) : 0;
}

static void OnCrash(int number)
{
    int fd = open("crash.input", O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd >= 0 && write(fd, input, inputLen) == (ssize_t)inputLen)
        close(fd);
    signal(number, SIG_DFL);
    raise(number);
}

static void LoadSeed(const char *dir, const char *name)
{
    char path[4096];
    FILE *file;
    Bytes *seed = &seeds[seedCount];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    file = fopen(path, "rb");
    if (!file) {
        printf("there is no seed %s\n", path);
        exit(1);
    }
    seed->data = malloc(MAX_BYTES);
    seed->len = fread(seed->data, 1, MAX_BYTES, file);
    fclose(file);
    seedCount++;
}

/* Shift what is at `at` by `grow` bytes (negative: remove them). */
static void Resize(size_t at, int grow)
{
    size_t cut = grow < 0 ? (size_t)-grow : 0, add = grow > 0 ? (size_t)grow : 0;
    if (at + cut > inputLen || inputLen + add > MAX_BYTES)
        return;
    memmove(input + at + add, input + at + cut, inputLen - at - cut);
    inputLen = inputLen - cut + add;
}

static void MutateOnce(void)
{
    static const uint32_t odd[] = { 0, 1, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, ~0u };
    size_t at = Draw((uint32_t)inputLen);
    const Bytes *other = &seeds[Draw((uint32_t)seedCount)];
    switch (inputLen ? Draw(7) : 0) {
    case 0: /* another beginning */
        inputLen = other->len;
        memcpy(input, other->data, other->len);
        break;
    case 1:
        input[at] ^= (uint8_t)(1 << Draw(8));
        break;
    case 2:
        input[at] = (uint8_t)Draw(256);
        break;
    case 3: /* a telling number */
        if (at + 4 <= inputLen)
            memcpy(input + at, &odd[Draw(8)], 4);
        break;
    case 4:
        Resize(at, (int)Draw(64));
        break;
    case 5:
        Resize(at, -(int)Draw(64));
        break;
    default: /* cut, sometimes */
        if (Draw(8) == 0)
            inputLen = at;
    }
}

int main(void)
{
    const char *dir = getenv("WEIR_SRCDIR"), *wish = getenv("WEIR_FUZZ_SECONDS");
    double seconds = wish ? atof(wish) : 2;
    int64_t end = WeirMonoNs() + (int64_t)(seconds * 1e9);
    long runs = 0;
    int i;
    signal(SIGSEGV, OnCrash);
    signal(SIGBUS, OnCrash);
    signal(SIGFPE, OnCrash);
    signal(SIGABRT, OnCrash);
    for (i = 0; weirFuzzSeeds[i] && i < MAX_SEEDS; i++)
        LoadSeed(dir ? dir : ".", weirFuzzSeeds[i]);
    for (i = 0; i < seedCount; i++)
        LLVMFuzzerTestOneInput(seeds[i].data, seeds[i].len);
    while (WeirMonoNs() < end) {
        const Bytes *seed = &seeds[Draw((uint32_t)seedCount)];
        memcpy(input, seed->data, seed->len);
        inputLen = seed->len;
        for (i = (int)Draw(12); i >= 0; i--)
            MutateOnce();
        LLVMFuzzerTestOneInput(input, inputLen);
        runs++;
    }
    for (i = 0; i < seedCount; i++)
        free(seeds[i].data);
    printf("%ld inputs\n", runs);
    return 0;
}
