/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets about threads, which are processors, about where to stop, and those that let the guest run. */
#include "gdb/registers.h"
#include "gdb/requests.h"

/* --- threads: processors ---------------------------------------------------------------------------------------- */

static unsigned gdb_thread_of(unsigned cpu)
{
    return cpu + 1;
}

/* Of a thread that is written, or the current one; false: there is none. */
static bool gdb_cpu_of(struct gdb_session *s, int thread, unsigned *cpu)
{
    *cpu = thread > 0 ? (unsigned)thread - 1 : s->m->vcpus.current;
    return gdb_cpu_there(s, *cpu);
}

enum gdb_outcome gdb_do_choose_thread(struct gdb_session *s, const char *args)
{
    int thread;
    unsigned cpu;
    const char op = args[0];
    if (op != 'g' && op != 'c')
        return gdb_reply(s, "E01");
    args++;
    if (!gdb_thread(&args, &thread) || !gdb_cpu_of(s, thread, &cpu))
        return gdb_reply(s, "E01");
    if (op == 'g')
        s->cpu = cpu;
    return gdb_reply(s, "OK");
}

enum gdb_outcome gdb_do_is_alive(struct gdb_session *s, const char *args)
{
    int thread;
    unsigned cpu;
    return gdb_reply(s, gdb_thread(&args, &thread) && gdb_cpu_of(s, thread, &cpu) ? "OK" : "E01");
}

enum gdb_outcome gdb_do_current_thread(struct gdb_session *s, const char *args)
{
    (void)args;
    gdb_answer(s, "QC%x", gdb_thread_of(s->m->vcpus.current));
    return GDB_ANSWERED;
}

enum gdb_outcome gdb_do_first_threads(struct gdb_session *s, const char *args)
{
    char before = 'm';
    (void)args;
    for (unsigned i = 0; i < s->m->vcpus.nr; i++)
        if (gdb_cpu_there(s, i)) {
            gdb_answer(s, "%c%x", before, gdb_thread_of(i));
            before = ',';
        }
    return GDB_ANSWERED;
}

enum gdb_outcome gdb_do_more_threads(struct gdb_session *s, const char *args)
{
    (void)args;
    return gdb_reply(s, "l");
}

enum gdb_outcome gdb_do_about_thread(struct gdb_session *s, const char *args)
{
    int thread;
    unsigned cpu;
    char text[96];
    if (!gdb_thread(&args, &thread) || !gdb_cpu_of(s, thread, &cpu))
        return gdb_reply(s, "E01");
    const struct vcpu *v = &s->m->vcpus.v[cpu];
    const int n = snprintf(text, sizeof text, "vCPU %u, %s%s", cpu, gdb_mode(s, cpu),
                           v->state != VCPU_UP ? ", down"
                           : v->blocked        ? ", halted"
                                               : "");
    gdb_answer_hex(s, text, (size_t)n);
    return GDB_ANSWERED;
}

/* --- running ---------------------------------------------------------------------------------------------------- */

static enum gdb_outcome resume(struct gdb_session *s, bool step, int thread)
{
    unsigned cpu;
    if (!gdb_cpu_of(s, thread, &cpu))
        return gdb_reply(s, "E01");
    s->stepping = step;
    s->step_cpu = cpu;
    return GDB_RESUME;
}

enum gdb_outcome gdb_do_go_on(struct gdb_session *s, const char *args)
{
    return args[0] != '\0' ? gdb_reply(s, "E01") : resume(s, false, 0); /* elsewhere: set rip first */
}

enum gdb_outcome gdb_do_step(struct gdb_session *s, const char *args)
{
    return args[0] != '\0' ? gdb_reply(s, "E01") : resume(s, true, 0);
}

/* The guest knows no signals. */
enum gdb_outcome gdb_do_go_on_signalled(struct gdb_session *s, const char *args)
{
    (void)args;
    return resume(s, false, 0);
}

enum gdb_outcome gdb_do_step_signalled(struct gdb_session *s, const char *args)
{
    (void)args;
    return resume(s, true, 0);
}

enum gdb_outcome gdb_do_resume_threads(struct gdb_session *s, const char *args)
{
    struct gdb_resume r;
    return gdb_parse_vcont(args, &r) ? resume(s, r.step, r.thread) : gdb_reply(s, "E01");
}

enum gdb_outcome gdb_do_can_resume(struct gdb_session *s, const char *args)
{
    (void)args;
    return gdb_reply(s, "vCont;c;C;s;S");
}

enum gdb_outcome gdb_do_detach(struct gdb_session *s, const char *args)
{
    (void)args;
    (void)gdb_reply(s, "OK");
    gdb_send(s);
    return GDB_GONE;
}

enum gdb_outcome gdb_do_quit(struct gdb_session *s, const char *args)
{
    (void)args;
    s->killed = true;
    return GDB_GONE;
}

enum gdb_outcome gdb_do_quit_politely(struct gdb_session *s, const char *args)
{
    (void)gdb_reply(s, "OK");
    gdb_send(s);
    return gdb_do_quit(s, args);
}

static void put_stop(struct gdb_session *s)
{
    static const enum engine_register shown[] = {ENGINE_RIP, ENGINE_GPR + CPU_RSP, ENGINE_GPR + CPU_RBP};
    gdb_answer(s, "T%02xthread:%x;%s", s->stop.signal, gdb_thread_of(s->m->vcpus.current), s->stop.reason);
    s->cpu = s->m->vcpus.current;
    for (unsigned i = 0; i < gdb_nr_registers; i++)
        for (size_t k = 0; k < sizeof shown / sizeof shown[0]; k++)
            if (gdb_registers[i].which == shown[k]) {
                gdb_answer(s, "%02x:", i);
                gdb_answer_register(s, i);
                gdb_answer(s, ";");
            }
}

void gdb_tell_stop(struct gdb_session *s)
{
    gdb_answer_begin(s);
    put_stop(s);
    gdb_send(s);
}

enum gdb_outcome gdb_do_why_stopped(struct gdb_session *s, const char *args)
{
    (void)args;
    put_stop(s);
    return GDB_ANSWERED;
}

/* --- points ----------------------------------------------------------------------------------------------------- */

enum gdb_outcome gdb_do_set_point(struct gdb_session *s, const char *args)
{
    struct gdb_point p;
    if (!gdb_parse_point(args, &p))
        return gdb_reply(s, "E01");
    const bool is_break = p.kind == GDB_BREAK || p.kind == GDB_HARDWARE_BREAK;
    return gdb_reply(s, (is_break ? gdb_break_set(&s->points, &p) : gdb_watch(s, &p)) ? "OK" : "E1c");
}

enum gdb_outcome gdb_do_remove_point(struct gdb_session *s, const char *args)
{
    struct gdb_point p;
    if (!gdb_parse_point(args, &p))
        return gdb_reply(s, "E01");
    if (p.kind == GDB_BREAK || p.kind == GDB_HARDWARE_BREAK)
        gdb_break_remove(&s->points, &p);
    else
        gdb_watch_remove(&s->points, &p);
    return gdb_reply(s, "OK");
}
