/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A target without libFuzzer, so that none rots: each file given is run as it is, cut at several places, and with single
 * bytes changed; then so many mutants of all of them as -runs= says. The same each time; -seed= changes the mutants.
 * Usage: TARGET [-runs=N] [-seed=N] FILE...
 */
#include "fuzz.h"

#define FILE_MAX (8u << 20)
#define FILES_MAX 256u
#define GROWTH 64u /* bytes that mutants have more than their file, at most */
#define CUTS 32u
#define CHANGES 256u

struct input {
    uint8_t *bytes;
    size_t n;
};
struct drive {
    struct input in[FILES_MAX];
    size_t nr;
    uint64_t state, runs;
};
static struct drive drive;

static uint64_t any(uint64_t below)
{
    drive.state = drive.state * 6364136223846793005u + 1442695040888963407u;
    return below != 0 ? (drive.state >> 33) % below : 0;
}

static void run(const uint8_t *bytes, size_t n)
{
    (void)LLVMFuzzerTestOneInput(bytes, n);
    drive.runs++;
}

/* libFuzzer's, in outline: some bytes changed, moved, put in or taken away. */
size_t LLVMFuzzerMutate(uint8_t *bytes, size_t n, size_t room)
{
    static const uint8_t special[] = {0, 1, 0x7f, 0x80, 0xff};
    for (uint64_t i = 1 + any(4); i > 0; i--) {
        const size_t at = (size_t)any(n), some = 1 + (size_t)any(n - at < 16 ? n - at : 16);
        const uint64_t what = n == 0 ? 4 : any(5);
        if (what == 0) {
            bytes[at] = (uint8_t)any(256);
        } else if (what == 1) {
            bytes[at] = special[any(sizeof special)];
        } else if (what == 2 && at + some <= n) {
            memmove(bytes + any(n - some + 1), bytes + at, some);
        } else if (what == 3 && at + some <= n) {
            memmove(bytes + at, bytes + at + some, n - at - some);
            n -= some;
        } else if (n + some <= room) {
            memmove(bytes + at + some, bytes + at, n - at);
            for (size_t k = 0; k < some; k++)
                bytes[at + k] = (uint8_t)any(256);
            n += some;
        }
    }
    return n;
}

static void mutants(uint64_t runs)
{
    for (uint64_t i = 0; i < runs; i++) {
        const struct input *from = &drive.in[any(drive.nr)];
        const size_t room = from->n + GROWTH;
        uint8_t *bytes = malloc(room);
        if (bytes == NULL)
            exit(2);
        memcpy(bytes, from->bytes, from->n);
        size_t n = from->n;
        for (uint64_t again = 1 + any(3); again > 0; again--)
            n = LLVMFuzzerCustomMutator != NULL ? LLVMFuzzerCustomMutator(bytes, n, room, (unsigned)any(1u << 30))
                                                : LLVMFuzzerMutate(bytes, n, room);
        run(bytes, n);
        free(bytes);
    }
}

static void run_file(const struct input *in)
{
    run(in->bytes, in->n);
    for (size_t cut = 0; cut < CUTS && in->n != 0; cut++)
        run(in->bytes, in->n * cut / CUTS);
    for (unsigned i = 0; i < CHANGES && in->n != 0; i++) {
        const size_t at = (size_t)any(in->n);
        const uint8_t kept = in->bytes[at];
        in->bytes[at] = (uint8_t)any(256);
        run(in->bytes, in->n);
        in->bytes[at] = kept;
    }
}

static void read_file(const char *path)
{
    static uint8_t bytes[FILE_MAX];
    FILE *in = fopen(path, "rb");
    const size_t n = in != NULL ? fread(bytes, 1, sizeof bytes, in) : 0;
    if (in == NULL || ferror(in) != 0 || drive.nr == FILES_MAX) {
        (void)fprintf(stderr, "%s: cannot be read, or too many files\n", path);
        exit(2);
    }
    (void)fclose(in);
    drive.in[drive.nr++] = (struct input){fuzz_copy(bytes, n), n};
}

int main(int argc, char **argv)
{
    uint64_t runs = 0;
    drive.state = 1;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "-runs=", 6) == 0)
            runs = strtoull(argv[i] + 6, NULL, 10);
        else if (strncmp(argv[i], "-seed=", 6) == 0)
            drive.state = strtoull(argv[i] + 6, NULL, 10);
        else
            read_file(argv[i]);
    }
    if (drive.nr == 0)
        return 2;
    for (size_t i = 0; i < drive.nr; i++)
        run_file(&drive.in[i]);
    mutants(runs);
    (void)printf("%llu runs\n", (unsigned long long)drive.runs);
    for (size_t i = 0; i < drive.nr; i++)
        free(drive.in[i].bytes);
    return 0;
}
