/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/fuzz_options.h"
#include "cli/cli.h"
#include "cli/verbs.h"

#include <stdlib.h>
#include <string.h>

#define BUDGET 400000000ULL /* instructions: a boot in a layout that is not too slow needs at most 30 million */

static bool number(const char *v, uint64_t *n)
{
    char *end;
    if (*v < '0' || *v > '9')
        return false;
    *n = strtoull(v, &end, 0);
    return *end == '\0';
}

static bool set_runs(void *self, const char *v)
{
    struct fuzz_settings *s = self;
    if (strcmp(v, "-1") == 0) { /* libFuzzer's word for no end */
        s->runs = 0;
        return true;
    }
    return number(v, &s->runs);
}
static bool set_seed(void *self, const char *v)
{
    return number(v, &((struct fuzz_settings *)self)->fuzz.seed);
}
static bool set_seconds(void *self, const char *v)
{
    return number(v, &((struct fuzz_settings *)self)->seconds);
}
static bool set_prefix(void *self, const char *v)
{
    ((struct fuzz_settings *)self)->artifact_prefix = v;
    return true;
}
static bool set_final_stats(void *self, const char *v)
{
    uint64_t n;
    const bool ok = number(v, &n) && n <= 1;
    ((struct fuzz_settings *)self)->final_stats = ok && n == 1;
    return ok;
}
bool fuzz_set_mode(struct mutate_options *m, const char *v)
{
    m->hostile = strcmp(v, "hostile") == 0;
    return m->hostile || strcmp(v, "legal") == 0;
}
static bool set_mode(void *self, const char *v)
{
    return fuzz_set_mode(&((struct fuzz_settings *)self)->fuzz.mutate, v);
}
static bool set_guest(void *self, const char *v)
{
    struct mutate_options *m = &((struct fuzz_settings *)self)->fuzz.mutate;
    const bool both = strcmp(v, "both") == 0;
    m->hvm = both || strcmp(v, "hvm") == 0;
    m->pvh = both || strcmp(v, "pvh") == 0;
    return m->hvm || m->pvh;
}
static bool set_tier(void *self, const char *v)
{
    static const char *const names[] = {[FUZZ_PLATFORM] = "platform", [FUZZ_HANDOFF] = "handoff", [FUZZ_BOTH] = "both"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(v, names[i]) == 0) {
            ((struct fuzz_settings *)self)->fuzz.tier = (enum fuzz_tier)i;
            return true;
        }
    return false;
}
static bool set_layout(void *self, const char *v)
{
    struct fuzz_settings *s = self;
    if (s->nr_seeds == FUZZ_SEEDS_MAX)
        return false;
    s->seed[s->nr_seeds++] = v;
    return true;
}
static bool set_budget(void *self, const char *v)
{
    uint64_t millions;
    if (!number(v, &millions) || millions == 0 || millions > 1000000)
        return false;
    ((struct fuzz_settings *)self)->monitor.budget = millions * 1000000;
    return true;
}
static bool set_warn(void *self, const char *v)
{
    return monitor_set_severity(&((struct fuzz_settings *)self)->monitor, v, SEVERITY_WARNING);
}
static bool set_error(void *self, const char *v)
{
    return monitor_set_severity(&((struct fuzz_settings *)self)->monitor, v, SEVERITY_ERROR);
}
static bool set_quiet(void *self, const char *v)
{
    (void)v;
    ((struct fuzz_settings *)self)->quiet = true;
    return true;
}

static bool set_checkpoint(void *self, const char *v)
{
    struct fuzz_settings *s = self;
    return number(v, &s->checkpoint) && s->checkpoint != 0;
}
static bool set_sandbox(void *self, const char *v)
{
    return sandbox_set(&((struct fuzz_settings *)self)->sandbox, v);
}
static bool set_limit(void *self, const char *v)
{
    return sandbox_limit(&((struct fuzz_settings *)self)->sandbox, v);
}
static bool set_require(void *self, const char *v)
{
    (void)v;
    ((struct fuzz_settings *)self)->sandbox.required = true;
    return true;
}

static const struct option_spec specs[] = {
    {"runs", 0, "N", "mutants to boot after the seeds; without it there is no end but by time or Ctrl-C", set_runs},
    {"max_total_time", 0, "SECONDS", "stop after so long", set_seconds},
    {"seed", 0, "N", "of the generator (default 1): the same seed and runs find the same", set_seed},
    {"mode", 0, "hostile|legal", FUZZ_MODE_HELP, set_mode},
    {"tier", 0, "platform|handoff|both", "how far a boot goes; both: what is new goes on to the hand-off", set_tier},
    {"guest", 0, "hvm|pvh|both", "which guests (default: those that the image can boot as)", set_guest},
    {"artifact_prefix", 0, "PREFIX", "faults are saved as PREFIXrule-fingerprint.cfg (default ./)", set_prefix},
    {"layout", 'l', "FILE", "begin with this layout instead of the presets; may be given again", set_layout},
    {"budget", 0, "MILLIONS", "a boot of more instructions is a fault (default 400)", set_budget},
    {"print_final_stats", 0, "0|1", "numbers at the end, as libFuzzer prints them", set_final_stats},
    {"warn", 'W', "RULE", "what breaks RULE is no fault", set_warn},
    {"error", 'E', "RULE", "what breaks RULE is one", set_error},
    {"checkpoint", 0, "N",
     "write the state to go on from into CORPUS_DIR after each N cases (default: 2048, 256 with the hand-off)",
     set_checkpoint},
    SANDBOX_SPECS(set_sandbox, set_require, set_limit),
    {"quiet", 'q', NULL, "no progress", set_quiet},
};
const struct option_verb fuzz_verb = {
    .name = "fuzz",
    .summary = "boot a firmware image in layout after layout, and keep those that show a fault",
    .operands = "FIRMWARE [CORPUS_DIR]",
    .text =
        "Options may be spelled as libFuzzer's, too: -runs=1000\n"
        "With CORPUS_DIR a run that was interrupted or killed is taken up by the same command.\n"
        "Exit: 0 no fault, 1 faults, 3 none, but a case was left out since it ended its process, twice; 2 bad input.",
    .spec = specs,
    .nr = sizeof specs / sizeof specs[0],
    .least = 1,
    .most = 2,
    .run = cli_fuzz,
};

void fuzz_settings_init(struct fuzz_settings *s)
{
    *s = (struct fuzz_settings){.artifact_prefix = "./"};
    sandbox_init(&s->sandbox);
    s->fuzz.tier = FUZZ_BOTH;
    s->fuzz.seed = 1;
    s->fuzz.mutate.hostile = true;
    monitor_defaults(&s->monitor);
    s->monitor.budget = BUDGET;
    s->monitor.first_only = s->monitor.no_chains = true;
}

static bool is_option(const struct option_verb *v, const char *arg)
{
    const char *eq = strchr(arg, '=');
    for (size_t i = 0; i < v->nr && eq != NULL; i++)
        if (strlen(v->spec[i].name) == (size_t)(eq - arg) && strncmp(v->spec[i].name, arg, (size_t)(eq - arg)) == 0)
            return true;
    return false;
}

bool fuzz_options_spell(const struct option_verb *v, int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (argv[i][0] != '-' || argv[i][1] == '-' || !is_option(v, argv[i] + 1))
            continue;
        char *s;
        if (asprintf(&s, "-%s", argv[i]) < 0)
            return false;
        argv[i] = s;
    }
    return true;
}
