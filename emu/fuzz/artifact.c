/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/artifact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "layout/write.h"

const char *artifact_replay_text(enum artifact_replay r)
{
    static const char *const texts[] = {
        [REPLAY_PLAIN] = "hvmbed run -l THIS FIRMWARE shows it again",
        [REPLAY_SYNTHETIC] = "hvmbed run --handoff hvm -l THIS FIRMWARE shows it again; without --handoff it does not",
        [REPLAY_PLATFORM] = "seen where PEI memory is published; hvmbed run -l THIS FIRMWARE ends otherwise",
        [REPLAY_SLOW] =
            "seen where PEI memory is published; hvmbed run -l THIS FIRMWARE takes long, and was not seen to end",
        [REPLAY_NOT] = "a boot from reset does NOT show it again",
    };
    return texts[r];
}

bool artifact_same(const struct verdict *v, const char *fingerprint)
{
    struct fuzz_found x;
    for (size_t at = 0; fuzz_next_fault(v, &at, &x);)
        if (strcmp(x.fingerprint, fingerprint) == 0)
            return true;
    return false;
}

/* What a boot is looked through for. */
struct wanted {
    struct target *t;
    const struct layout *l;
    const char *text; /* of the file */
    const struct fuzz_found *x;
    size_t looked; /* findings that it is not */
    bool cut;      /* a boot was given up */
};

/*
 * Instructions that a whole boot is given to show what was seen where PEI memory is published: one in a layout that the second tier
 * does not call too slow needs 13 million, hvmloader before it 22. Some never end, and some build page tables for minutes.
 */
#define WHOLE 16000000u
#define LOADER 24000000u

/* It is there, or there is no room for it any more. */
static bool is_enough(void *self, const struct verdict *v)
{
    struct wanted *w = self;
    char fingerprint[FINGERPRINT_SIZE];
    for (; w->looked < v->findings.nr; w->looked++) {
        finding_fingerprint(&v->findings.f[w->looked], fingerprint);
        if (strcmp(fingerprint, w->x->fingerprint) == 0)
            return true;
    }
    return v->findings.nr == v->findings.most;
}

/* UINT64_MAX: as many as @o says. */
static uint64_t most(const struct wanted *w, bool synthetic, const struct monitor_options *o)
{
    if (!w->x->platform || w->x->finding == NULL || o->platform)
        return UINT64_MAX;
    return synthetic || target_hands_over(w->t, w->l) ? WHOLE : WHOLE + LOADER;
}

static bool shows(struct wanted *w, bool synthetic, const struct monitor_options *o)
{
    struct monitor_options options = *o;
    const uint64_t budget = most(w, synthetic, o);
    struct verdict *v = calloc(1, sizeof *v);
    if (v == NULL)
        return false;
    w->looked = 0;
    options.budget = budget < o->budget ? budget : o->budget;
    options.enough = w->x->finding != NULL ? is_enough : NULL; /* how it ends, the end tells */
    options.enough_self = w;
    const bool same =
        target_replay(w->t, w->l, w->text, synthetic, &options, v, NULL) && artifact_same(v, w->x->fingerprint);
    w->cut |= v->ending == END_BUDGET && budget < o->budget;
    verdict_free(v);
    free(v);
    return same;
}

static enum artifact_replay replay(struct wanted *w, const struct monitor_options *o)
{
    struct monitor_options all = *o, early = *o;
    all.first_only = false;
    early.platform = true;
    if (shows(w, false, &all))
        return REPLAY_PLAIN;
    if (!target_hands_over(w->t, w->l) && shows(w, true, &all)) /* else that was this boot */
        return REPLAY_SYNTHETIC;
    if (!w->x->platform || !shows(w, true, &early))
        return REPLAY_NOT;
    return w->cut ? REPLAY_SLOW : REPLAY_PLATFORM;
}

enum artifact_replay artifact_replay(struct target *t, const struct layout *l, const struct fuzz_found *x,
                                     const struct monitor_options *o)
{
    struct wanted w = {.t = t, .l = l, .x = x};
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    if (f == NULL)
        return REPLAY_NOT;
    layout_write(l, f);
    const bool ok = fclose(f) == 0;
    w.text = text;
    const enum artifact_replay how = ok ? replay(&w, o) : REPLAY_NOT;
    free(text);
    return how;
}

/* A comment is one line; what the firmware said may hold anything. */
static void write_plain(const char *s, FILE *out)
{
    for (; *s != '\0'; s++)
        fputc(*s >= ' ' && *s <= '~' ? *s : '?', out);
}

static void write_finding(const struct finding *f, FILE *out)
{
    fprintf(out, "# %s: %s\n", rules[f->rule].name, rules[f->rule].title);
    if (f->text[0] != '\0') {
        fputs("# ", out);
        write_plain(f->text, out);
        fputc('\n', out);
    }
    if (f->at.module[0] != '\0')
        fprintf(out, "# in %s phase, by %s+0x%" PRIx64, phase_name(f->phase), f->at.module, f->at.offset);
    else
        fprintf(out, "# in %s phase, at 0x%" PRIx64, phase_name(f->phase), f->at.gva);
    if (f->access != ACCESS_NONE || f->gpa != 0)
        fprintf(out, ", of 0x%" PRIx64, f->gpa);
    if (f->owner != NULL)
        fprintf(out, " in 0x%" PRIx64 "-0x%" PRIx64 " (%s)", f->range.start, f->range.end, f->owner);
    fputc('\n', out);
    if (f->assertion[0] != '\0') {
        fputs("# ", out);
        write_plain(f->assertion, out);
        fputc('\n', out);
    }
}

void artifact_write(const struct layout *l, const struct fuzz_found *x, enum artifact_replay how, FILE *out)
{
    if (x->finding != NULL)
        write_finding(x->finding, out);
    else {
        fprintf(out, "# %s: ", x->what);
        write_plain(x->verdict->detail, out);
        fputc('\n', out);
    }
    fprintf(out, "# fingerprint %s; %s\n", x->fingerprint, artifact_replay_text(how));
    layout_write(l, out);
}
