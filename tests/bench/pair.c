/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU time of two commands, run in turn so that a drifting machine moves both, as the median ratio of the pairs.
 * Usage: pair RUNS LIMIT LABEL COMMAND-A COMMAND-B (each split at spaces); exit 1 when the median A/B is over LIMIT.
 */
#include "timing.h"

int main(int argc, char **argv)
{
    int runs = argc == 6 ? (int)number(argv[1]) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        (void)fprintf(stderr, "usage: pair RUNS LIMIT LABEL COMMAND-A COMMAND-B\n");
        return 2;
    }
    double a[RUNS_MAX];
    double b[RUNS_MAX];
    (void)time_command(argv[4]); /* warm the caches */
    (void)time_command(argv[5]);
    for (int i = 0; i < runs; i++) {
        /* Alternate who goes first: the second of two finds a warmer machine. */
        if (i % 2 == 0)
            a[i] = time_command(argv[4]).cpu;
        b[i] = time_command(argv[5]).cpu;
        if (i % 2 != 0)
            a[i] = time_command(argv[4]).cpu;
    }
    return tell_pairs(argv[3], a, b, runs, number(argv[2]));
}
