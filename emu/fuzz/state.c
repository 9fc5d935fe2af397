/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/state.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "layout/write.h"

#define SCHEMA "hvmbed-fuzz-state/2"

void fuzz_session_free(struct fuzz_session *s)
{
    free(s->seed);
    s->seed = NULL;
    s->nr_seeds = 0;
}

/* --- writing */

static json_t *json_u64(uint64_t n)
{
    return json_sprintf("%llx", (unsigned long long)n); /* JSON's numbers have a sign here */
}

static json_t *json_layouts(const struct layout *l, size_t from, size_t nr)
{
    json_t *list = json_array();
    for (size_t i = from; i < nr; i++) {
        char *text = NULL;
        size_t n = 0;
        FILE *f = open_memstream(&text, &n);
        if (f == NULL)
            break;
        layout_write(&l[i], f);
        (void)fclose(f);
        (void)json_array_append_new(list, json_string(text));
        free(text);
    }
    return list;
}

/* Most cells are 0: pairs of a cell and its buckets. */
static json_t *json_seen(const struct coverage_seen *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COVERAGE_SIZE; i++)
        if (s->buckets[i] != 0) {
            (void)json_array_append_new(list, json_integer((json_int_t)i));
            (void)json_array_append_new(list, json_integer(s->buckets[i]));
        }
    return list;
}

static json_t *json_faults(const struct fuzz_list *l)
{
    json_t *list = json_array();
    for (size_t i = 0; i < l->nr; i++)
        (void)json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o}", "family", l->k[i].family, "fingerprint",
                                                    l->k[i].fingerprint, "what", l->k[i].what, "count",
                                                    json_u64(l->k[i].count)));
    return list;
}

/* The numbers, in one order for both ways. */
#define NUMBERS 15u
static void numbers(struct fuzz *f, struct fuzz_session *s, uint64_t *out[NUMBERS])
{
    uint64_t *const all[NUMBERS] = {
        &f->chooser.state,    &f->seeds,          &f->mutants,      &f->stats.runs,     &f->stats.handoffs,
        &f->stats.impossible, &f->stats.too_slow, &f->stats.faulty, &f->stats.left_out, &s->saved,
        &s->not_replayed,     &s->nr_warm,        &s->nr_cold,      &s->nr_replays,     &s->nr_replays_anew};
    memcpy(out, all, sizeof all);
}

char *fuzz_state_write(const struct fuzz *f, const struct fuzz_session *s)
{
    uint64_t *n[NUMBERS];
    json_t *list = json_array();
    numbers((struct fuzz *)(uintptr_t)f, (struct fuzz_session *)(uintptr_t)s, n); /* they are only read */
    for (unsigned i = 0; i < NUMBERS; i++)
        (void)json_array_append_new(list, json_u64(*n[i]));
    json_t *all = json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", SCHEMA, "settings", s->settings,
                            "numbers", list, "seeds", json_layouts(s->seed, 0, s->nr_seeds), "corpus",
                            json_layouts(f->corpus.l, 0, f->corpus.nr), "platform", json_seen(&f->seen[0]), "handoff",
                            json_seen(&f->seen[1]), "known", json_faults(&f->known), "hinted", json_faults(&f->hinted));
    char *text = all != NULL ? json_dumps(all, JSON_COMPACT) : NULL;
    json_decref(all);
    return text;
}

/* --- reading */

static bool read_u64(const json_t *j, uint64_t *n)
{
    const char *s = json_string_value(j);
    char *end;
    if (s == NULL || s[0] == '\0' || s[0] == '-' || strlen(s) > 16)
        return false;
    *n = strtoull(s, &end, 16);
    return *end == '\0';
}

static bool read_layouts(const json_t *list, struct layout **out, size_t *nr)
{
    const size_t n = json_array_size(list);
    *nr = 0;
    *out = calloc(n + 1, sizeof **out);
    if (!json_is_array(list) || n > 2 * CORPUS_MAX || *out == NULL)
        return false;
    for (; *nr < n; ++*nr) {
        const char *text = json_string_value(json_array_get(list, *nr));
        if (text == NULL || !layout_read_text("state", text, &(*out)[*nr], NULL, NULL))
            return false;
    }
    return true;
}

static bool read_seen(const json_t *list, struct coverage_seen *s)
{
    const size_t n = json_array_size(list);
    if (!json_is_array(list) || n % 2 != 0)
        return false;
    for (size_t i = 0; i < n; i += 2) {
        const json_int_t cell = json_integer_value(json_array_get(list, i)),
                         buckets = json_integer_value(json_array_get(list, i + 1));
        if (cell < 0 || cell >= (json_int_t)COVERAGE_SIZE || buckets < 1 || buckets > UINT8_MAX ||
            s->buckets[cell] != 0)
            return false;
        s->buckets[cell] = (uint8_t)buckets;
        *(cell < (json_int_t)COVERAGE_EDGES ? &s->edges : &s->shapes) += 1;
    }
    return true;
}

/* The name as the tables have it; NULL when it is none. */
static const char *known_name(const char *name)
{
    const struct rule *r = name != NULL ? rule_find(name) : NULL;
    for (int e = END_HANDOFF; r == NULL && name != NULL && e <= END_PLATFORM; e++)
        if (strcmp(ending_name((enum ending)e), name) == 0)
            return ending_name((enum ending)e);
    return r != NULL ? r->name : NULL;
}

static bool read_print(const json_t *j, char out[FINGERPRINT_SIZE])
{
    const char *s = json_string_value(j);
    if (s == NULL || strlen(s) != FINGERPRINT_SIZE - 1 || strspn(s, "0123456789abcdef") != FINGERPRINT_SIZE - 1)
        return false;
    memcpy(out, s, FINGERPRINT_SIZE);
    return true;
}

static bool read_faults(const json_t *list, struct fuzz_list *l)
{
    if (!json_is_array(list) || json_array_size(list) > FUZZ_KNOWN_MAX)
        return false;
    for (; l->nr < json_array_size(list); l->nr++) {
        const json_t *j = json_array_get(list, l->nr);
        struct fuzz_known *k = &l->k[l->nr];
        k->what = known_name(json_string_value(json_object_get(j, "what")));
        if (k->what == NULL || !read_print(json_object_get(j, "family"), k->family) ||
            !read_print(json_object_get(j, "fingerprint"), k->fingerprint) ||
            !read_u64(json_object_get(j, "count"), &k->count))
            return false;
    }
    return true;
}

static bool read_all(const json_t *j, struct fuzz *f, struct fuzz_session *s)
{
    const char *schema = json_string_value(json_object_get(j, "schema")),
               *settings = json_string_value(json_object_get(j, "settings"));
    const json_t *list = json_object_get(j, "numbers");
    uint64_t *n[NUMBERS];
    if (schema == NULL || strcmp(schema, SCHEMA) != 0 || settings == NULL || strlen(settings) >= sizeof s->settings ||
        json_array_size(list) != NUMBERS)
        return false;
    memcpy(s->settings, settings, strlen(settings) + 1);
    numbers(f, s, n);
    for (unsigned i = 0; i < NUMBERS; i++)
        if (!read_u64(json_array_get(list, i), n[i]))
            return false;
    const bool ok = read_layouts(json_object_get(j, "corpus"), &f->corpus.l, &f->corpus.nr) &&
                    read_layouts(json_object_get(j, "seeds"), &s->seed, &s->nr_seeds);
    f->corpus.cap = f->corpus.nr;
    return ok && f->corpus.nr <= CORPUS_MAX && f->seeds <= s->nr_seeds &&
           read_seen(json_object_get(j, "platform"), &f->seen[0]) &&
           read_seen(json_object_get(j, "handoff"), &f->seen[1]) &&
           read_faults(json_object_get(j, "known"), &f->known) && read_faults(json_object_get(j, "hinted"), &f->hinted);
}

bool fuzz_state_read(const char *text, size_t n, struct fuzz *f, struct fuzz_session *s, struct diag *d)
{
    json_t *j = json_loadb(text, n, 0, NULL);
    struct fuzz *new = calloc(1, sizeof *new);
    struct fuzz_session *session = calloc(1, sizeof *session);
    const bool ok = j != NULL && new != NULL &&session != NULL &&read_all(j, new, session);
    if (ok) {
        new->o = f->o;
        new->target = f->target;
        new->corpus.folder = f->corpus.folder;
        fuzz_free(f);
        fuzz_session_free(s);
        *f = *new;
        *s = *session;
    } else {
        if (new != NULL)
            fuzz_free(new);
        if (session != NULL)
            fuzz_session_free(session);
        (void)diag_fail(d, "", 0, "this is no state of a fuzzer");
    }
    json_decref(j);
    free(new);
    free(session);
    return ok;
}
