/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A part of a boot, in the bed and in QEMU TCG, in turn. In QEMU it is what lies between two texts on the debug port of a
 * machine with 1 GiB; in the bed the difference of two runs, that go as far as to its end and to its beginning.
 * Usage: stretch RUNS LIMIT LABEL FIRMWARE QEMU FROM-TEXT TO-TEXT FROM-COMMAND TO-COMMAND; exit 1 when a median ratio is
 * over LIMIT, 2 when QEMU does not get there.
 */
#include "qemu.h"

#define SECONDS_MAX 300u /* of a run of both */

static struct took time_qemu(const struct pc *pc, const char *from_text, const char *to_text)
{
    struct qemu q;
    qemu_start(&q, pc);
    qemu_go(&q);
    const struct took from = qemu_says(&q, from_text);
    const struct took t = since(from, qemu_says(&q, to_text));
    qemu_end(&q);
    return t;
}

static struct took time_bed(const char *from_command, const char *to_command)
{
    const struct took from = time_command(from_command);
    return since(from, time_command(to_command));
}

int main(int argc, char **argv)
{
    const int runs = argc == 10 ? (int)number(argv[1]) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        (void)fprintf(stderr,
                      "usage: stretch RUNS LIMIT LABEL FIRMWARE QEMU FROM-TEXT TO-TEXT FROM-COMMAND TO-COMMAND\n");
        return 2;
    }
    const struct pc pc = {argv[5], argv[4], "1024", false};
    double cpu[2][RUNS_MAX], wall[2][RUNS_MAX];
    char label[128];
    (void)alarm(SECONDS_MAX * (unsigned)(runs + 1));
    (void)time_command(argv[9]); /* warm the caches */
    for (int i = 0; i < runs; i++) {
        struct took bed = {0}, qemu;
        if (i % 2 == 0)
            bed = time_bed(argv[8], argv[9]);
        qemu = time_qemu(&pc, argv[6], argv[7]);
        if (i % 2 != 0)
            bed = time_bed(argv[8], argv[9]);
        cpu[0][i] = bed.cpu;
        cpu[1][i] = qemu.cpu;
        wall[0][i] = bed.wall;
        wall[1][i] = qemu.wall;
    }
    (void)snprintf(label, sizeof label, "%s, CPU time", argv[3]);
    const int over = tell_pairs(label, cpu[0], cpu[1], runs, number(argv[2]));
    (void)snprintf(label, sizeof label, "%s, wall clock", argv[3]);
    return tell_pairs(label, wall[0], wall[1], runs, number(argv[2])) | over;
}
