/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A target without libFuzzer, so that none rots: each file given is run as it is, cut at several places, and with single
 * bytes changed, the same each time. Usage: TARGET FILE...
 */
#include "fuzz.h"

#define FILE_MAX (8u << 20)
#define CUTS 32u
#define CHANGES 256u

static uint8_t bytes[FILE_MAX];

static unsigned run_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    const size_t n = in != NULL ? fread(bytes, 1, sizeof bytes, in) : 0;
    uint64_t state = 0x9E3779B97F4A7C15u;
    unsigned runs = 1;
    if (in == NULL || ferror(in) != 0) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        exit(2);
    }
    (void)fclose(in);
    (void)LLVMFuzzerTestOneInput(bytes, n);
    for (size_t cut = 0; cut < CUTS && n != 0; cut++, runs++)
        (void)LLVMFuzzerTestOneInput(bytes, n * cut / CUTS);
    for (unsigned i = 0; i < CHANGES && n != 0; i++, runs++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const size_t at = (state >> 33) % n;
        const uint8_t kept = bytes[at];
        bytes[at] = (uint8_t)(state >> 24);
        (void)LLVMFuzzerTestOneInput(bytes, n);
        bytes[at] = kept;
    }
    return runs;
}

int main(int argc, char **argv)
{
    unsigned runs = 0;
    for (int i = 1; i < argc; i++)
        runs += run_file(argv[i]);
    (void)printf("%u runs\n", runs);
    return argc > 1 ? 0 : 2;
}
