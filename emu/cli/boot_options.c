/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/boot_options.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"

static struct monitor_options *monitor(void *self)
{
    return &((struct boot_options *)self)->trial.monitor;
}
static bool set_layout(void *self, const char *v)
{
    struct boot_options *o = self;
    const char **more = realloc(o->layout, (o->nr_layouts + 1) * sizeof *more);
    if (more == NULL)
        return false;
    o->layout = more;
    o->layout[o->nr_layouts++] = v;
    return true;
}
static bool set_handoff(void *self, const char *v)
{
    ((struct boot_options *)self)->trial.choice.handoff = v;
    return handoff_find(v) != NULL;
}
static bool set_hvmloader(void *self, const char *v)
{
    ((struct boot_options *)self)->trial.choice.hvmloader = v;
    return true;
}
static bool set_symbols(void *self, const char *v)
{
    ((struct boot_options *)self)->symbols = v;
    return true;
}
static bool set_low_exec(void *self, const char *v)
{
    struct monitor_options *m = monitor(self);
    m->follow_low_exec = strcmp(v, "follow") == 0;
    return m->follow_low_exec || strcmp(v, "stop") == 0;
}
static bool set_exceptions(void *self, const char *v)
{
    struct monitor_options *m = monitor(self);
    m->deliver = strcmp(v, "deliver") == 0;
    return m->deliver || strcmp(v, "stop") == 0;
}
static bool set_budget(void *self, const char *v)
{
    char *end;
    double millions = strtod(v, &end);
    if (end == v || *end != '\0' || !(millions > 0) || millions > 1e9)
        return false;
    monitor(self)->budget = (uint64_t)(millions * 1e6);
    return true;
}
static bool set_lzma(void *self, const char *v)
{
    struct monitor_options *m = monitor(self);
    m->guest_lzma = m->guest_bulk = strcmp(v, "guest") == 0;
    return m->guest_lzma || strcmp(v, "host") == 0;
}
static bool set_patience(void *self, const char *v)
{
    char *end;
    unsigned long seconds = strtoul(v, &end, 10);
    if (end == v || *end != '\0' || seconds == 0 || seconds > 1000000)
        return false;
    monitor(self)->patience = (unsigned)seconds;
    return true;
}
static bool set_severity(struct monitor_options *m, const char *name, enum severity s)
{
    if (strcmp(name, "all") == 0) {
        for (unsigned i = 0; i < RULE_COUNT; i++)
            if (m->severity[i] != SEVERITY_ERROR)
                m->severity[i] = s;
        return true;
    }
    return monitor_set_severity(m, name, s);
}
static bool set_warn(void *self, const char *v)
{
    return set_severity(monitor(self), v, SEVERITY_WARNING);
}
static bool set_error(void *self, const char *v)
{
    return set_severity(monitor(self), v, SEVERITY_ERROR);
}
static bool set_disk(void *self, const char *v)
{
    struct boot_choice *c = &((struct boot_options *)self)->trial.choice;
    if (c->nr_disks == VBDS_MAX)
        return false;
    c->disk[c->nr_disks++] = v;
    return true;
}
static bool set_why(void *self, const char *v)
{
    struct trial_options *t = &((struct boot_options *)self)->trial;
    t->no_why = strcmp(v, "no") == 0;
    return t->no_why || strcmp(v, "yes") == 0;
}
static bool set_until(void *self, const char *v)
{
    return until_parse(v, &monitor(self)->until);
}
static bool set_no_checks(void *self, const char *v)
{
    (void)v;
    ((struct boot_options *)self)->trial.unchecked = true;
    return true;
}

const struct option_spec boot_option_specs[] = {
    {"layout", 'l', "FILE", "the guest: an xl.cfg file or a preset; or many: a folder, 'hvm-*', all", set_layout},
    {"handoff", 0, "hvm|pvh|hvmloader", "who boots the firmware; default: the real hvmloader, or pvh", set_handoff},
    {"hvmloader", 0, "FILE", "the hvmloader to run (default: Debian's, from the set-up)", set_hvmloader},
    {"disk", 0, "FILE", "a raw disk image, as xvda; the next one as xvdb; never written to", set_disk},
    {"symbols", 0, "DIR", "names and source lines from an edk2 Build folder, or one of .debug files", set_symbols},
    {"low-exec", 0, "stop|follow", "at execution in low memory: stop (default), or let it run on", set_low_exec},
    {"exceptions", 0, "stop|deliver", "past the hand-off: a finding (default), or the firmware's handlers' business",
     set_exceptions},
    {"budget", 0, "MILLIONS", "give up after so many million instructions (default 8000)", set_budget},
    {"sec-lzma", 0, "host|guest", "who unpacks and copies the firmware: the host (default), or its own code", set_lzma},
    {"patience", 0, "SECONDS", "CPU time for the decompressor before it is watched closely (default 20)", set_patience},
    {"warn", 'W', "RULE", "count what breaks RULE as a warning; 'all' for all that are no errors", set_warn},
    {"error", 'E', "RULE", "count what breaks RULE as an error; 'all' for every rule", set_error},
    {"until", 0, "WHERE", "how far to go: " UNTIL_HELP, set_until},
    {"why", 0, "yes|no", "after findings, boot again to see who wrote what they are about (default yes)", set_why},
    {"no-checks", 0, NULL, "only boot: what the checks cost can be measured so", set_no_checks},
};
const size_t nr_boot_option_specs = sizeof boot_option_specs / sizeof boot_option_specs[0];

void boot_options_init(struct boot_options *o)
{
    *o = (struct boot_options){0};
    monitor_defaults(&o->trial.monitor);
}

bool boot_options_open(struct boot_options *o, struct diag *d)
{
    const char *refusal = engine_refusal();
    if (refusal != NULL)
        return diag_fail(d, "", 0, "%s", refusal);
    if (o->symbols != NULL)
        o->trial.monitor.symbols = symbols_open(o->symbols, d);
    return o->symbols == NULL || o->trial.monitor.symbols != NULL;
}

bool boot_options_hold(struct boot_options *o, const struct layout *l, struct diag *d)
{
    struct boot_choice *c = &o->trial.choice;
    c->held = &o->held;
    if (c->stages == NULL)
        c->stages = &o->stages;
    const struct handoff *h = boot_handoff(c, l); /* what it finds, and what it does not, is kept in the stages */
    if (o->trial.monitor.symbols == NULL && !boot_options_open(o, d))
        return false;
    if (o->trial.monitor.symbols != NULL && !symbols_hold(o->trial.monitor.symbols, d))
        return false;
    if (h->first_stage && h->type == l->type && boot_first_stage(c, l, d) == NULL)
        return false;
    return boot_hold_disks(c, l, d);
}

void boot_options_free(struct boot_options *o)
{
    first_stages_free(&o->stages);
    held_free(&o->held);
    symbols_close(o->trial.monitor.symbols);
    free(o->layout);
}
