/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CPU time of two commands, run in turn so that a drifting machine moves both, as the median ratio of the pairs.
 * Usage: pair RUNS LIMIT LABEL COMMAND-A COMMAND-B (each split at spaces); exit 1 when the median A/B is over LIMIT.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define RUNS_MAX 99
#define ARGS_MAX 31

static double cpu_seconds(const char *command)
{
    char copy[4096];
    char *argv[ARGS_MAX + 1];
    int argc = 0;
    (void)snprintf(copy, sizeof copy, "%s", command);
    for (char *save, *word = strtok_r(copy, " ", &save); word != NULL && argc < ARGS_MAX;
         word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    argv[argc] = NULL;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0)
            (void)dup2(null, STDOUT_FILENO);
        (void)execvp(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    struct rusage u;
    if (pid < 0 || wait4(pid, &status, 0, &u) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        (void)fprintf(stderr, "pair: '%s' failed\n", command);
        exit(2);
    }
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 != 0 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int main(int argc, char **argv)
{
    int runs = argc == 6 ? atoi(argv[1]) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        (void)fprintf(stderr, "usage: pair RUNS LIMIT LABEL COMMAND-A COMMAND-B\n");
        return 2;
    }
    double limit = atof(argv[2]);
    double a[RUNS_MAX];
    double b[RUNS_MAX];
    double ratio[RUNS_MAX];
    (void)cpu_seconds(argv[4]); /* warm the caches */
    (void)cpu_seconds(argv[5]);
    for (int i = 0; i < runs; i++) {
        /* Alternate who goes first: the second of two finds a warmer machine. */
        if (i % 2 == 0)
            a[i] = cpu_seconds(argv[4]);
        b[i] = cpu_seconds(argv[5]);
        if (i % 2 != 0)
            a[i] = cpu_seconds(argv[4]);
        ratio[i] = a[i] / b[i];
    }
    double r = median(ratio, runs);
    double lo = ratio[0];
    double hi = ratio[runs - 1];
    (void)printf("%-44s %.3f s / %.3f s  ratio %.3f (%.3f to %.3f, %d pairs)  limit %.2f  %s\n", argv[3],
                 median(a, runs), median(b, runs), r, lo, hi, runs, limit, r <= limit ? "ok" : "OVER");
    return r <= limit ? 0 : 1;
}
