/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a debugger's client sends, to a machine that stands at its first instruction. The first byte says whether the others
 * are the bytes on the wire, or lines to be made packets of, with checksums that are right.
 */
#include "../guest.h"

#include <fcntl.h>
#include <sys/socket.h>

#include "engine/debug.h"
#include "gdb/internal.h"

#define INPUT_MAX 16384u

static void insn(void *self, uint64_t pc)
{
    (void)self;
    (void)pc;
}
static void access_seen(void *self, uint64_t gpa, unsigned size)
{
    (void)self;
    (void)gpa;
    (void)size;
}
static void outside(void *self)
{
    (void)self;
}

struct bed {
    struct guest guest; /* its plan */
    struct machine machine;
    struct monitor monitor;
    struct monitor_options options;
    struct verdict verdict;
};

static struct bed *make_bed(void)
{
    static const struct engine_debug nothing = {insn, access_seen, access_seen, outside};
    struct bed *b = calloc(1, sizeof *b);
    struct diag d = {0};
    if (b == NULL)
        abort();
    guest_plan(&b->guest, GUEST_HVM);
    monitor_defaults(&b->options);
    if (!machine_init(&b->machine, &b->guest.layout, &b->guest.memory_map, &b->guest.plan, &b->guest.entry, true, false,
                      &d) ||
        !engine_debug(b->machine.engine, &nothing, NULL)) {
        (void)fprintf(stderr, "no machine: %s\n", d.message);
        abort();
    }
    monitor_init(&b->monitor, &b->machine, &b->options, &b->verdict);
    return b;
}

static void send_all(int fd, const void *bytes, size_t n)
{
    if (write(fd, bytes, n) != (ssize_t)n)
        abort();
}

static void send_lines(int fd, const uint8_t *p, size_t n)
{
    char frame[GDB_FRAME_MAX(INPUT_MAX)];
    while (n > 0) {
        const uint8_t *end = memchr(p, '\n', n);
        const size_t line = end != NULL ? (size_t)(end - p) : n;
        send_all(fd, frame, gdb_frame((const char *)p, line, frame));
        p += line + (end != NULL ? 1 : 0);
        n -= line + (end != NULL ? 1 : 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct bed *b;
    int fd[2];
    if (b == NULL)
        b = make_bed();
    struct gdb_session *s = calloc(1, sizeof *s);
    if (s == NULL || n == 0 || n > INPUT_MAX || socketpair(AF_UNIX, SOCK_STREAM, 0, fd) != 0) {
        free(s);
        return 0;
    }
    /* Answers that nobody reads are lost, not waited for. */
    (void)fcntl(fd[0], F_SETFL, O_NONBLOCK);
    s->link = gdb_link_adopt(fd[0]);
    s->mon = &b->monitor;
    s->m = &b->machine;
    s->attached = s->outside = true;
    s->at_phase = NO_PHASE;
    if ((bytes[0] & 1) != 0)
        send_lines(fd[1], bytes + 1, n - 1);
    else
        send_all(fd[1], bytes + 1, n - 1);
    (void)shutdown(fd[1], SHUT_WR);
    while (s->attached) {
        gdb_converse(s);
        gdb_watch_refresh(s);
    }
    gdb_close(s);
    (void)close(fd[1]);
    return 0;
}
