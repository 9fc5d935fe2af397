/* SPDX-License-Identifier: GPL-2.0-or-later */
/* viridian=: X:xl_parse.c:parse_config_data, X:tools/libs/light/libxl_x86.c:hvm_set_viridian_features. */
#include <string.h>

#include "layout/keys.h"

/* X:libxl_types.idl:viridian_enlightenment. In the HVM parameter the bits are the same, but for freq's. */
static const struct name_value groups[] = {
    {"base", 0},
    {"freq", 1},
    {"time_ref_count", 2},
    {"reference_tsc", 3},
    {"hcall_remote_tlb_flush", 4},
    {"apic_assist", 5},
    {"crash_ctl", 6},
    {"synic", 7},
    {"stimer", 8},
    {"hcall_ipi", 9},
    {"ex_processor_masks", 10},
    {"no_vp_limit", 11},
    {"cpu_hotplug", 12},
    NAMES_END,
};
#define ALL 0x1FFFu
#define BIT_BASE (1u << 0)
#define BIT_FREQ (1u << 1) /* of the groups; HVMPV_no_freq of the parameter */
#define BIT_TIME_REF_COUNT (1u << 2)
#define BIT_SYNIC (1u << 7)
#define BIT_STIMER (1u << 8)
/* base, freq, time_ref_count, apic_assist, crash_ctl, no_vp_limit, cpu_hotplug; the last three since 4.12 to 4.15 */
#define DEFAULTS 0x1867u

struct wanted {
    bool defaults;
    uint32_t enable, disable;
};

static bool add_group(const struct draft *t, struct wanted *w, const char *s, unsigned line, struct diag *d)
{
    if (strcmp(s, "all") == 0) {
        w->enable |= ALL;
        return true;
    }
    if (strcmp(s, "defaults") == 0) {
        w->defaults = true;
        return true;
    }
    const bool off = s[0] == '!';
    for (const struct name_value *g = groups; g->name != NULL; g++) {
        const uint32_t bit = 1u << g->value;
        if (strcmp(g->name, s + off) != 0)
            continue;
        w->enable = off ? w->enable & ~bit : w->enable | bit;
        w->disable = off ? w->disable | bit : w->disable & ~bit;
        return true;
    }
    return diag_fail(d, t->f->path, line, "viridian: there is no group \"%.60s\"; xl would stop", s);
}

static bool read_list(struct draft *t, struct wanted *w, struct diag *d)
{
    XLU_ConfigList *list;
    int nr;
    if (!cfg_list(t->f, "viridian", &list, &nr, d))
        return false;
    for (int i = 0; i < nr; i++) {
        const char *s;
        unsigned line;
        if (!cfg_item(t->f, "viridian", list, i, &s, &line, d) || !add_group(t, w, s, line, d))
            return false;
    }
    return true;
}

static uint32_t parameter(uint32_t on)
{
    uint32_t v = (on & ~BIT_FREQ) | ((on & BIT_FREQ) != 0 ? 0 : BIT_FREQ);
    if ((on & BIT_STIMER) != 0)
        v |= BIT_TIME_REF_COUNT | BIT_SYNIC;
    return v;
}

uint32_t viridian_settle(uint32_t v)
{
    const uint32_t on = (v ^ BIT_FREQ) & ALL;
    return (v & BIT_BASE) != 0 ? parameter(on) : 0;
}

void viridian_write(uint32_t v, FILE *out)
{
    const uint32_t on = v ^ BIT_FREQ;
    if (v == 0)
        return;
    if (on == DEFAULTS) {
        fputs("viridian = 1\n", out);
        return;
    }
    fputs("viridian = [", out);
    for (const struct name_value *g = groups; g->name != NULL; g++)
        if ((on >> g->value & 1) != 0)
            fprintf(out, "%s\"%s\"", g->value != 0 ? ", " : "", g->name);
    fputs("]\n", out);
}

bool viridian_read(struct draft *t, struct diag *d)
{
    struct wanted w = {0};
    if (cfg_is_list(t->f, "viridian") ? !read_list(t, &w, d) : !draft_flag(t, "viridian", &w.defaults, d))
        return false;
    const uint32_t on = ((w.defaults ? DEFAULTS : 0) | w.enable) & ~w.disable;
    if (on == 0)
        return true;
    if ((on & BIT_BASE) == 0)
        return cfg_fail(t->f, "viridian", d, "viridian: the other groups need \"base\"; xl would stop");
    t->l.viridian = parameter(on);
    return true;
}
