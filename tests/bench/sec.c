/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot of the bed against QEMU TCG, in turn. QEMU is timed from reset to a text of the firmware; the bed from its start to
 * its end, report and all.
 * Without TEXT: SEC alone, to the first line that the PEI core of a DEBUG image writes to the debug port. With it: until
 * that comes on the serial port of a machine with 1 GiB.
 * Usage: sec RUNS LIMIT-CPU LIMIT-WALL LABEL FIRMWARE QEMU COMMAND [TEXT]; exit 1 when a median ratio is over its limit,
 * 2 when QEMU does not get there.
 */
#include "qemu.h"

/* What E:MdeModulePkg/Core/Pei/Ppi/Ppi.c says about the first PPIs. */
#define PEI_LINE "PPI: "
#define SECONDS_MAX 60u /* of a run of both; of a long stretch five times that */

static struct took time_qemu(const struct pc *pc, const char *text)
{
    struct qemu q;
    qemu_start(&q, pc);
    const struct took from = qemu_now(&q);
    qemu_go(&q);
    const struct took t = since(from, qemu_says(&q, text));
    qemu_end(&q);
    return t;
}

/* What others are told beside it: how long it takes, in seconds of CPU time. */
static int tell_alone(const struct pc *pc, const char *text, int runs)
{
    double cpu[RUNS_MAX];
    for (int i = 0; i < runs; i++)
        cpu[i] = time_qemu(pc, text).cpu;
    (void)printf("%.4f\n", median(cpu, runs));
    return 0;
}

int main(int argc, char **argv)
{
    int runs = argc == 8 || argc == 9 ? (int)number(argv[1]) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        (void)fprintf(stderr, "usage: sec RUNS LIMIT-CPU LIMIT-WALL LABEL FIRMWARE QEMU COMMAND|- [TEXT]\n");
        return 2;
    }
    const bool serial = argc == 9;
    const char *text = serial ? argv[8] : PEI_LINE;
    const struct pc pc = {argv[6], argv[5], serial ? "1024" : "256", serial};
    double cpu[2][RUNS_MAX], wall[2][RUNS_MAX];
    char label[128];
    (void)alarm(SECONDS_MAX * (serial ? 5 : 1) * (unsigned)(runs + 1));
    (void)time_qemu(&pc, text); /* warm the caches */
    if (strcmp(argv[7], "-") == 0)
        return tell_alone(&pc, text, runs);
    (void)time_command(argv[7]);
    for (int i = 0; i < runs; i++) {
        struct took bed = {0}, qemu;
        if (i % 2 == 0)
            bed = time_command(argv[7]);
        qemu = time_qemu(&pc, text);
        if (i % 2 != 0)
            bed = time_command(argv[7]);
        cpu[0][i] = bed.cpu;
        cpu[1][i] = qemu.cpu;
        wall[0][i] = bed.wall;
        wall[1][i] = qemu.wall;
    }
    (void)snprintf(label, sizeof label, "%s, CPU time", argv[4]);
    const int over = tell_pairs(label, cpu[0], cpu[1], runs, number(argv[2]));
    (void)snprintf(label, sizeof label, "%s, wall clock", argv[4]);
    return tell_pairs(label, wall[0], wall[1], runs, number(argv[3])) | over;
}
