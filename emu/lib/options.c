/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options by name: those of every booting verb, and of run's own what concerns the boot. */
#include <stdlib.h>
#include <string.h>

#include "compare/patterns.h"
#include "lib/internal.h"

static bool set_fill(void *self, const char *v)
{
    struct trial_options *t = &((struct boot_options *)self)->trial;
    return patterns_parse(v, t->fill, &t->nr_fills);
}

static const struct option_spec own[] = {
    {"fill", 0, "PATTERN[,PATTERN...]", "RAM starts as this; with several, boot with each and compare", set_fill},
};
#define NR_OWN (sizeof own / sizeof own[0])

/* A layout has functions of its own. */
static bool is_here(const struct option_spec *o)
{
    return strcmp(o->name, "layout") != 0;
}

static const struct option_spec *option_at(size_t i)
{
    for (size_t k = 0; k < nr_boot_option_specs; k++)
        if (is_here(&boot_option_specs[k]) && i-- == 0)
            return &boot_option_specs[k];
    return i < NR_OWN ? &own[i] : NULL;
}

const char *hvmbed_option_name(size_t i)
{
    const struct option_spec *o = option_at(i);
    return o != NULL ? o->name : NULL;
}

const char *hvmbed_option_help(size_t i)
{
    const struct option_spec *o = option_at(i);
    return o != NULL ? o->help : NULL;
}

/* A copy of @value that lives as long as the bed; NULL when memory ran out. */
static const char *keep(struct hvmbed *bed, const char *value)
{
    char **more = realloc(bed->kept, (bed->nr_kept + 1) * sizeof *more);
    if (more == NULL)
        return NULL;
    bed->kept = more;
    more[bed->nr_kept] = strdup(value);
    return more[bed->nr_kept] != NULL ? more[bed->nr_kept++] : NULL;
}

static bool set(struct hvmbed *bed, const struct option_spec *o, const char *value, struct diag *d)
{
    const char *kept = NULL;
    if ((o->arg != NULL) != (value != NULL))
        return diag_fail(d, "", 0, "option %s takes %s", o->name, o->arg != NULL ? o->arg : "no value");
    if (value != NULL && (kept = keep(bed, value)) == NULL)
        return diag_fail(d, "", 0, "out of memory");
    if (!o->set(&bed->options, kept))
        return diag_fail(d, "", 0, "option %s: '%.80s' is not %s", o->name, value != NULL ? value : "",
                         o->arg != NULL ? o->arg : "possible here");
    /* Another folder of symbols: the one that is open is not it. */
    if (strcmp(o->name, "symbols") == 0) {
        symbols_close(bed->options.trial.monitor.symbols);
        bed->options.trial.monitor.symbols = NULL;
    }
    return true;
}

bool hvmbed_option(struct hvmbed *bed, const char *name, const char *value)
{
    struct diag d = {0};
    bed_forget(bed);
    const struct option_spec *o = NULL;
    for (size_t i = 0; (o = option_at(i)) != NULL && strcmp(o->name, name) != 0;)
        i++;
    if (o == NULL)
        (void)diag_fail(&d, "", 0, "no option is called %.80s", name);
    return (o != NULL && set(bed, o, value, &d)) || bed_fail(bed, &d);
}
