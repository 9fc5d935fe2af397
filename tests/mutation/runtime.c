/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linked into a program with mutants (schemata.py). By environment:
 *   MUTATION=N          mutant N is on
 *   MUTATION_REACHED=F  how often each statement ran goes to F
 *   MUTATION_SPLIT=D    MUTATION is a list, in order: where the first function with one of them is called, the process is
 *                       forked for each in turn, and each child goes on with its mutant, output in D/N. So what came
 *                       before runs once for all. What became of them goes to D/ended: number, wait status.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define WALL_SECONDS 300u

unsigned mutation_chosen;
unsigned mutation_hits[MUTATION_PLACES + 1];
static unsigned char mutation_waiting[MUTATION_NUMBERS + 1]; /* which are still to be split off */
static unsigned nr_waiting;
static const char *folder;

static void must(int ok)
{
    if (!ok)
        abort();
}

static void dump(void)
{
    FILE *f = fopen(getenv("MUTATION_REACHED"), "wb");
    must(f != NULL && fwrite(mutation_hits, sizeof mutation_hits, 1, f) == 1 && fclose(f) == 0);
}

__attribute__((constructor)) static void choose(void)
{
    char *list = getenv("MUTATION");
    folder = getenv("MUTATION_SPLIT");
    if (folder == NULL && list != NULL)
        mutation_chosen = (unsigned)strtoul(list, NULL, 10);
    for (char *p = list; folder != NULL && p != NULL && *p != '\0'; p += strspn(p, ","), nr_waiting++)
        mutation_waiting[strtoul(p, &p, 10)] = 1;
    if (getenv("MUTATION_REACHED") != NULL)
        must(atexit(dump) == 0);
}

/* Another thread would be missing in the child. */
static int is_alone(void)
{
    DIR *d = opendir("/proc/self/task");
    int nr = 0;
    while (d != NULL && readdir(d) != NULL)
        nr++;
    if (d != NULL)
        closedir(d);
    return nr == 3; /* with . and .. */
}

static void become(unsigned number)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%u", folder, number);
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must(fd >= 0 && dup2(fd, 1) == 1 && close(fd) == 0);
    const double seconds = strtod(getenv("MUTATION_SECONDS"), NULL);
    const struct itimerval limit = {
        .it_value = {(time_t)seconds, (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)}};
    must(setitimer(ITIMER_PROF, &limit, NULL) == 0);
    alarm(WALL_SECONDS);
    mutation_chosen = number;
    folder = NULL;
}

void mutation_split(unsigned first, unsigned last)
{
    for (unsigned n = first; folder != NULL && n <= last; n++) {
        if (!mutation_waiting[n] || !is_alone())
            continue;
        mutation_waiting[n] = 0;
        const pid_t child = fork();
        must(child >= 0);
        if (child == 0) {
            become(n);
            return;
        }
        int status, length;
        char line[64], path[4096];
        must(waitpid(child, &status, 0) == child);
        snprintf(path, sizeof path, "%s/ended", folder);
        length = snprintf(line, sizeof line, "%u %d\n", n, status);
        const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
        must(fd >= 0 && write(fd, line, (size_t)length) == length && close(fd) == 0);
        if (--nr_waiting == 0)
            _exit(0); /* how it goes on is known */
    }
}
