/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When the guest is held. Before each instruction the engine asks; whether anything has come up is a few comparisons. While
 * the client looks around the engine waits in that call, so nothing of the run changes; only when something is to be
 * written does it come out, in the middle of a block.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/debug.h"
#include "gdb/internal.h"
#include "report/text_finding.h"

#define POLL_INSTRUCTIONS 8192u

/* --- reasons ---------------------------------------------------------------------------------------------------- */

static bool stop_for(struct gdb_session *s, enum gdb_signal signal, const char *reason)
{
    s->stop.signal = signal;
    (void)snprintf(s->stop.reason, sizeof s->stop.reason, "%s", reason);
    return true;
}

static enum gdb_signal signal_of(const struct finding *f)
{
    if (f->has_fault && (f->fault.vector == 1 || f->fault.vector == 3))
        return GDB_SIGTRAP;
    if (f->has_fault && (f->fault.vector == 0 || f->fault.vector == 6))
        return f->fault.vector == 0 ? GDB_SIGFPE : GDB_SIGILL;
    return f->has_fault || f->access != ACCESS_NONE ? GDB_SIGSEGV : GDB_SIGTRAP;
}

/* The findings that the client has not seen, on its console; the signal is the last one's. */
static bool tell_findings(struct gdb_session *s)
{
    const struct findings *all = &s->mon->v->findings;
    static const struct report_style plain = {0};
    char *text = NULL;
    size_t n = 0;
    if (all->nr == s->findings)
        return false;
    FILE *out = open_memstream(&text, &n);
    for (; s->findings < all->nr; s->findings++) {
        if (out != NULL)
            text_finding(&all->f[s->findings], s->m->layout->vcpus, true, &plain, out);
        (void)stop_for(s, signal_of(&all->f[s->findings]), "");
    }
    if (out != NULL && fclose(out) == 0)
        gdb_say(s, text, n);
    free(text);
    return true;
}

static bool say_line(struct gdb_session *s, const char *fmt, const char *what)
{
    char line[512];
    const int n = snprintf(line, sizeof line, fmt, what);
    gdb_say(s, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
    return true;
}

static bool accessed(struct gdb_session *s)
{
    static const char *const name[] = {
        [GDB_WATCH_WRITE] = "watch", [GDB_WATCH_READ] = "rwatch", [GDB_WATCH_ACCESS] = "awatch"};
    char reason[48];
    (void)snprintf(reason, sizeof reason, "%s:%llx;", name[s->access.kind], (unsigned long long)s->access.gva);
    s->access.any = false;
    return stop_for(s, GDB_SIGTRAP, reason);
}

/* Since the last time something outside the processor may have written to memory. */
static bool host_wrote(struct gdb_session *s)
{
    s->exits = s->mon->exits;
    s->unpack = s->mon->unpack.state;
    if (s->points.nr_watches == 0 || !gdb_watch_host(s))
        return false;
    (void)say_line(s, "hvmbed: written by %s, not by an instruction of the guest\n",
                   s->unpack == UNPACK_DONE ? "Xen, a device or what unpacks for SEC" : "Xen or a device");
    return accessed(s);
}

static bool next_phase(struct gdb_session *s)
{
    s->stage = machine_stage(s->m);
    if (s->at_phase == NO_PHASE || (int)s->stage != s->at_phase)
        return false;
    s->at_phase = NO_PHASE;
    (void)say_line(s, "hvmbed: %s begins\n", phase_name(s->stage));
    return stop_for(s, GDB_SIGTRAP, "");
}

static size_t count_unloaded(const struct verdict *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->nr_modules; i++)
        n += v->module[i].gone ? 1 : 0;
    return n;
}

/* Modules have come. */
static bool modules_news(struct gdb_session *s)
{
    const struct verdict *v = s->mon->v;
    const size_t unloaded = count_unloaded(v);
    struct symbols_match match;
    bool wanted = false;
    s->library_news = s->library_news || unloaded != s->unloaded;
    s->unloaded = unloaded;
    for (; s->modules < v->nr_modules; s->modules++) {
        const struct module *mod = &v->module[s->modules];
        wanted = wanted || (s->at_module[0] != '\0' && strcmp(mod->name, s->at_module) == 0);
        s->library_news = s->library_news || gdb_has_symbols(s, mod, &match);
    }
    if (!wanted)
        return false;
    (void)say_line(s, "hvmbed: the first instruction of %s\n", s->at_module);
    s->at_module[0] = '\0';
    return stop_for(s, GDB_SIGTRAP, "");
}

static bool library(struct gdb_session *s)
{
    s->library_news = false;
    return stop_for(s, GDB_SIGTRAP, "library:;");
}

static bool broke(struct gdb_session *s, const struct gdb_point *p)
{
    if (!s->tells_breaks)
        return stop_for(s, GDB_SIGTRAP, "");
    return stop_for(s, GDB_SIGTRAP, p->kind == GDB_BREAK ? "swbreak:;" : "hwbreak:;");
}

/* Must the guest be held before the instruction at @pc? Then s->stop says why. */
static bool must_stop(struct gdb_session *s, uint64_t pc)
{
    const struct verdict *v = s->mon->v;
    const struct gdb_point *p;
    if (s->first)
        return stop_for(s, GDB_SIGTRAP, "");
    if (s->interrupted)
        return stop_for(s, GDB_SIGINT, "");
    if (s->access.any)
        return accessed(s);
    if (v->findings.nr != s->findings && s->at_findings)
        return tell_findings(s);
    if ((s->mon->exits != s->exits || s->mon->unpack.state != s->unpack) && host_wrote(s))
        return true;
    if (machine_stage(s->m) != s->stage && next_phase(s))
        return true;
    if (v->nr_modules != s->modules && modules_news(s))
        return true;
    if (s->stepping && !s->fresh && s->m->vcpus.current == s->step_cpu)
        return stop_for(s, GDB_SIGTRAP, "");
    if (s->library_news && !s->stepping) /* in the middle of a step it would be taken for more than a step */
        return library(s);
    return (p = gdb_break_at(&s->points, pc)) != NULL && broke(s, p);
}

/* --- holding ---------------------------------------------------------------------------------------------------- */

/* The client has let go, or is gone: what it wanted of the engine. */
static void let_go(struct gdb_session *s)
{
    s->fresh = true;
    s->access.any = false;
    if (s->killed && !s->over)
        machine_stop(s->m);
    else if (s->attached)
        gdb_watch_refresh(s);
}

/* False: the engine must come out first. */
static bool hold(struct gdb_session *s)
{
    s->interrupted = false; /* any stop answers it */
    gdb_converse(s);
    if (s->leaving)
        return false;
    let_go(s);
    return true;
}

static void look_at_link(struct gdb_session *s)
{
    s->until_poll = POLL_INSTRUCTIONS;
    while (s->attached && gdb_ready(s->link)) {
        const int byte = gdb_read(s->link);
        if (byte < 0) {
            s->lost = true;
            s->attached = false;
            gdb_points_free(&s->points);
            return;
        }
        s->interrupted = s->interrupted || gdb_feed(&s->reader, (uint8_t)byte) == GDB_INTERRUPT;
    }
}

static void on_insn(void *self, uint64_t pc)
{
    struct gdb_session *s = self;
    if (!s->attached)
        return;
    if (--s->until_poll == 0)
        look_at_link(s);
    while (s->attached && must_stop(s, pc)) {
        if (!s->first)
            gdb_tell_stop(s);
        s->first = false;
        if (!hold(s)) {
            engine_debug_come_out(s->m->engine);
            return;
        }
    }
    s->fresh = false;
}

/* The engine is out: to do what waits, and whatever comes next. */
static void on_outside(void *self)
{
    struct gdb_session *s = self;
    s->outside = true;
    (void)hold(s);
    s->outside = false;
}

static void on_access(struct gdb_session *s, bool write, uint64_t gpa, unsigned size)
{
    uint64_t gva;
    const struct gdb_watch *w = s->access.any ? NULL : gdb_watch_hit(&s->points, write, gpa, size, &gva);
    if (w == NULL)
        return;
    s->access.any = true;
    s->access.kind = w->point.kind;
    s->access.gva = gva;
}

static void on_load(void *self, uint64_t gpa, unsigned size)
{
    struct gdb_session *s = self;
    if (s->points.nr_watches != 0)
        on_access(s, false, gpa, size);
}

static void on_store(void *self, uint64_t gpa, unsigned size)
{
    struct gdb_session *s = self;
    if (s->points.nr_watches != 0)
        on_access(s, true, gpa, size);
}

/* --- the beginning and the end ---------------------------------------------------------------------------------- */

struct gdb_session *gdb_open(const struct gdb_options *o, struct diag *d)
{
    struct gdb_session *s = calloc(1, sizeof *s);
    if (s == NULL) {
        (void)diag_fail(d, "", 0, "out of memory");
        return NULL;
    }
    if ((o->symbols != NULL && ((s->symbols = symbols_open(o->symbols, d)) == NULL || !symbols_hold(s->symbols, d))) ||
        (s->link = gdb_listen(o->where, o->anywhere, d)) == NULL) {
        gdb_close(s);
        return NULL;
    }
    s->first = s->fresh = true;
    s->at_findings = true;
    s->at_phase = NO_PHASE;
    s->until_poll = POLL_INSTRUCTIONS;
    return s;
}

void gdb_close(struct gdb_session *s)
{
    if (s == NULL)
        return;
    gdb_points_free(&s->points);
    gdb_link_close(s->link);
    symbols_close(s->symbols);
    free(s->xfer);
    free(s);
}

const char *gdb_where(const struct gdb_session *s)
{
    return gdb_link_name(s->link);
}

bool gdb_wait(struct gdb_session *s, struct diag *d)
{
    return gdb_accept(s->link, d);
}

bool gdb_killed(const struct gdb_session *s)
{
    return s->killed;
}

bool gdb_lost(const struct gdb_session *s)
{
    return s->lost;
}

bool gdb_begins(void *self, struct monitor *mon, struct diag *d)
{
    static const struct engine_debug hooks = {
        .insn = on_insn, .load = on_load, .store = on_store, .outside = on_outside};
    struct gdb_session *s = self;
    s->mon = mon;
    s->m = mon->m;
    s->stage = machine_stage(s->m);
    if (!gdb_accept(s->link, d))
        return false;
    s->attached = true;
    mon->options.guest_bulk = true; /* each element is an instruction that can be seen; what is counted is the same */
    return engine_debug(s->m->engine, &hooks, s) || diag_fail(d, "", 0, "out of memory");
}

static void say_ending(struct gdb_session *s)
{
    const struct verdict *v = s->mon->v;
    char line[512];
    (void)snprintf(line, sizeof line,
                   "hvmbed: the run has ended (%s%s%s) in %s; `continue` ends it with exit code %d\n",
                   ending_name(v->ending), v->detail[0] != '\0' ? ": " : "", v->detail, phase_name(v->phase),
                   verdict_exit_code(v));
    gdb_say(s, line, strlen(line));
}

bool gdb_ended(void *self, struct monitor *mon)
{
    struct gdb_session *s = self;
    s->over = s->outside = true;
    if (!s->attached)
        return !s->killed;
    (void)tell_findings(s);
    if (mon->v->ending != END_FINDING)
        (void)stop_for(s, GDB_SIGTRAP, "");
    s->stop.reason[0] = '\0';
    say_ending(s);
    gdb_tell_stop(s);
    gdb_converse(s);
    if (!s->attached)
        return !s->killed;
    gdb_answer_begin(s);
    gdb_answer(s, "W%02x", (unsigned)verdict_exit_code(s->mon->v));
    gdb_send(s);
    s->attached = false;
    return true;
}
