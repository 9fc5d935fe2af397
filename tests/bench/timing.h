/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CPU time of commands, and medians of pairs. */
#ifndef HVMBED_TESTS_BENCH_TIMING_H
#define HVMBED_TESTS_BENCH_TIMING_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 99
#define ARGS_MAX 31

struct took {
    double cpu, wall; /* seconds; cpu is user and system time */
};

static inline double seconds(struct timespec t)
{
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* An argument as a number; 0 when it is none. */
static inline double number(const char *text)
{
    char *end;
    const double v = strtod(text, &end);
    return end != text && *end == '\0' ? v : 0;
}

static inline double wall_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return seconds(t);
}

/* Splits @copy at spaces, in place. */
static inline void split(char *copy, char *argv[ARGS_MAX + 1])
{
    int argc = 0;
    for (char *save, *word = strtok_r(copy, " ", &save); word != NULL && argc < ARGS_MAX;
         word = strtok_r(NULL, " ", &save))
        argv[argc++] = word;
    argv[argc] = NULL;
}

/* Runs @command (split at spaces; its output is thrown away) to its end; exit codes above 1 end this program. */
static inline struct took time_command(const char *command)
{
    char copy[4096];
    char *argv[ARGS_MAX + 1];
    (void)snprintf(copy, sizeof copy, "%s", command);
    split(copy, argv);
    const double from = wall_now();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        if (null >= 0)
            (void)dup2(null, STDOUT_FILENO);
        if (argv[0] != NULL)
            (void)execvp(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    struct rusage u;
    if (pid < 0 || wait4(pid, &status, 0, &u) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 1) {
        (void)fprintf(stderr, "'%s' failed\n", command);
        exit(2);
    }
    return (struct took){
        (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6,
        wall_now() - from,
    };
}

static inline int by_value(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_value);
    return n % 2 != 0 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* One line about the pairs a[i], b[i]; the exit code: is the median of their ratios within @limit? */
static inline int tell_pairs(const char *label, double *a, double *b, int n, double limit)
{
    double ratio[RUNS_MAX];
    for (int i = 0; i < n; i++)
        ratio[i] = a[i] / b[i];
    const double r = median(ratio, n);
    (void)printf("%-52s %.3f s / %.3f s  ratio %.3f (%.3f to %.3f, %d pairs)  limit %.2f  %s\n", label, median(a, n),
                 median(b, n), r, ratio[0], ratio[n - 1], n, limit, r <= limit ? "ok" : "OVER");
    return r <= limit ? 0 : 1;
}

#endif
