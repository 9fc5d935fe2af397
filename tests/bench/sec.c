/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot of the bed against QEMU TCG, in turn. QEMU waits, ready to run (-S), and is timed from there to a text of the
 * firmware, so that its own start is not counted; the bed is timed from its start to its end, report and all.
 * Without TEXT: SEC alone, to the first line that the PEI core of a DEBUG image writes to the debug port. With it: until
 * that comes on the serial port of a machine with 1 GiB.
 * Usage: sec RUNS LIMIT-CPU LIMIT-WALL LABEL FIRMWARE QEMU COMMAND [TEXT]; exit 1 when a median ratio is over its limit,
 * 2 when QEMU does not get there.
 */
#include <signal.h>
#include <stdbool.h>

#include "timing.h"

#define MONITOR_PROMPT "(qemu) "
/* What E:MdeModulePkg/Core/Pei/Ppi/Ppi.c says about the first PPIs. */
#define PEI_LINE "PPI: "
#define SECONDS_MAX 60u /* of a run of both; of a long stretch five times that */

struct stretch {
    const char *firmware, *text;
    bool serial;
};

struct qemu {
    pid_t pid;
    int monitor_in, monitor_out, debug; /* our ends */
};

/* Reads @fd until @text has come by. */
static void wait_for(int fd, const char *text)
{
    char seen[65536];
    size_t n = 0;
    for (ssize_t got; n + 1 < sizeof seen && (got = read(fd, seen + n, sizeof seen - 1 - n)) > 0;) {
        n += (size_t)got;
        seen[n] = '\0';
        if (strstr(seen, text) != NULL)
            return;
    }
    (void)fprintf(stderr, "sec: QEMU ended before \"%s\"\n", text);
    exit(2);
}

static void start(struct qemu *q, const char *qemu, const struct stretch *s)
{
    int in[2], out[2], debug[2];
    char chardev[64];
    if (pipe(in) != 0 || pipe(out) != 0 || pipe(debug) != 0)
        exit(2);
    q->pid = fork();
    if (q->pid == 0) {
        (void)dup2(in[0], STDIN_FILENO);
        (void)dup2(out[1], STDOUT_FILENO);
        (void)close(in[1]);
        (void)close(out[0]);
        (void)close(debug[0]);
        (void)snprintf(chardev, sizeof chardev, "file,id=said,path=/dev/fd/%d", debug[1]);
        (void)execlp(qemu, qemu, "-accel", "tcg", "-machine", "pc", "-m", s->serial ? "1024" : "256", "-nodefaults",
                     "-display", "none", "-S", "-monitor", "stdio", "-bios", s->firmware, "-chardev", chardev,
                     "-device", s->serial ? "isa-serial,chardev=said" : "isa-debugcon,iobase=0x402,chardev=said",
                     (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    (void)close(debug[1]);
    q->monitor_in = in[1];
    q->monitor_out = out[0];
    q->debug = debug[0];
    wait_for(q->monitor_out, MONITOR_PROMPT);
}

static double cpu_of(pid_t pid)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        exit(2);
    return seconds(t);
}

static struct took time_qemu(const char *qemu, const struct stretch *s)
{
    struct qemu q;
    start(&q, qemu, s);
    const double cpu = cpu_of(q.pid), wall = wall_now();
    if (write(q.monitor_in, "cont\n", 5) != 5)
        exit(2);
    wait_for(q.debug, s->text);
    const struct took t = {cpu_of(q.pid) - cpu, wall_now() - wall};
    (void)kill(q.pid, SIGKILL);
    (void)waitpid(q.pid, NULL, 0);
    (void)close(q.monitor_in);
    (void)close(q.monitor_out);
    (void)close(q.debug);
    return t;
}

int main(int argc, char **argv)
{
    int runs = argc == 8 || argc == 9 ? (int)number(argv[1]) : 0;
    if (runs < 1 || runs > RUNS_MAX) {
        (void)fprintf(stderr, "usage: sec RUNS LIMIT-CPU LIMIT-WALL LABEL FIRMWARE QEMU COMMAND [TEXT]\n");
        return 2;
    }
    const struct stretch s = {argv[5], argc == 9 ? argv[8] : PEI_LINE, argc == 9};
    double cpu[2][RUNS_MAX], wall[2][RUNS_MAX];
    char label[128];
    (void)alarm(SECONDS_MAX * (s.serial ? 5 : 1) * (unsigned)(runs + 1));
    (void)time_command(argv[7]); /* warm the caches */
    (void)time_qemu(argv[6], &s);
    for (int i = 0; i < runs; i++) {
        struct took bed = {0}, qemu;
        if (i % 2 == 0)
            bed = time_command(argv[7]);
        qemu = time_qemu(argv[6], &s);
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
