/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/fold.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fold_worse(int a, int b)
{
    static const int order[] = {70, 1, 3, 0};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a;
}

/* --- what makes two of them equal */

/* Text without its numbers: a run of digits, hexadecimal after 0x, is one '#'. */
static void write_shape(const char *text, FILE *out)
{
    while (*text != '\0') {
        if (!isdigit((unsigned char)*text)) {
            (void)fputc(*text++, out);
            continue;
        }
        (void)fputc('#', out);
        if (text[0] == '0' && text[1] == 'x')
            for (text += 2; isxdigit((unsigned char)*text);)
                text++;
        else
            while (isdigit((unsigned char)*text))
                text++;
    }
}

static void write_place(const struct code_place *p, FILE *out)
{
    /* Outside all modules an address says nothing: it depends on the layout. */
    if (p->module[0] != '\0')
        (void)fprintf(out, "%s+%" PRIx64, p->module, p->offset);
    (void)fputc('\n', out);
}

static char *finding_key(const struct case_finding *f)
{
    char *key = NULL;
    size_t n;
    FILE *out = open_memstream(&key, &n);
    if (out == NULL)
        return NULL;
    (void)fprintf(out, "%d %d %d\n", (int)f->rule, (int)f->severity, (int)f->access);
    write_place(&f->at, out);
    if (f->has_caller)
        write_place(&f->caller, out);
    write_shape(f->text, out);
    if (fclose(out) == 0)
        return key;
    free(key);
    return NULL;
}

static char *remark_key(enum case_state state, const char *reason)
{
    char *key = NULL;
    size_t n;
    FILE *out = open_memstream(&key, &n);
    if (out == NULL)
        return NULL;
    (void)fprintf(out, "%d\n", (int)state);
    write_shape(reason, out);
    if (fclose(out) == 0)
        return key;
    free(key);
    return NULL;
}

/* --- adding */

/* Room for one more than @nr; NULL when there is none, and @array stays. */
static void *grow(void *array, size_t nr, size_t *room, size_t each)
{
    if (nr < *room)
        return array;
    void *more = realloc(array, (*room * 2 + 4) * each);
    if (more != NULL)
        *room = *room * 2 + 4;
    return more;
}

/* The case @at, once. */
static bool add_case(size_t **in, size_t *nr, size_t *room, size_t at)
{
    if (*nr != 0 && (*in)[*nr - 1] == at)
        return true;
    size_t *more = grow(*in, *nr, room, sizeof **in);
    if (more == NULL)
        return false;
    *in = more;
    more[(*nr)++] = at;
    return true;
}

static struct matrix_finding *finding_of(struct matrix_summary *s, size_t *room, const struct case_finding *f)
{
    char *key = finding_key(f);
    for (size_t i = 0; key != NULL && i < s->nr_findings; i++)
        if (strcmp(s->finding[i].key, key) == 0) {
            free(key);
            return &s->finding[i];
        }
    struct matrix_finding *more = key != NULL ? grow(s->finding, s->nr_findings, room, sizeof *more) : NULL;
    if (more == NULL) {
        free(key);
        return NULL;
    }
    s->finding = more;
    s->finding[s->nr_findings] = (struct matrix_finding){.first = f, .key = key};
    return &s->finding[s->nr_findings++];
}

static struct matrix_remark *remark_of(struct matrix_summary *s, size_t *room, enum case_state state,
                                       const char *reason)
{
    char *key = remark_key(state, reason);
    for (size_t i = 0; key != NULL && i < s->nr_remarks; i++)
        if (strcmp(s->remark[i].key, key) == 0) {
            free(key);
            return &s->remark[i];
        }
    struct matrix_remark *more = key != NULL ? grow(s->remark, s->nr_remarks, room, sizeof *more) : NULL;
    if (more == NULL) {
        free(key);
        return NULL;
    }
    s->remark = more;
    s->remark[s->nr_remarks] = (struct matrix_remark){.state = state, .reason = reason, .key = key};
    return &s->remark[s->nr_remarks++];
}

static bool add_remark(struct matrix_summary *s, size_t *room, const struct case_result *r, size_t at)
{
    const char *reason = r->state == CASE_BOOTED ? r->detail : r->reason;
    /* Where findings say why it failed, nothing is left to be said. */
    if (r->state == CASE_BOOTED && r->exit_code <= 1)
        return true;
    struct matrix_remark *k = remark_of(s, room, r->state, reason);
    return k != NULL && add_case(&k->in, &k->nr_in, &k->room, at);
}

static void count(struct matrix_summary *s, const struct case_result *r)
{
    if (r->state == CASE_NOT_APPLICABLE) {
        s->not_applicable++;
        return;
    }
    *(r->exit_code == 0   ? &s->passed
      : r->exit_code == 1 ? &s->failed
      : r->exit_code == 3 ? &s->inconclusive
                          : &s->defect) += 1;
    s->exit_code = fold_worse(s->exit_code, r->exit_code);
}

static int by_severity(const void *a, const void *b)
{
    const struct matrix_finding *x = a, *y = b;
    if (x->first->severity != y->first->severity)
        return x->first->severity > y->first->severity ? -1 : 1;
    /* As they appeared: by case, then by place in its list. */
    if (x->in[0] != y->in[0])
        return x->in[0] < y->in[0] ? -1 : 1;
    return x->first < y->first ? -1 : 1;
}

bool fold(struct matrix_result *m)
{
    struct matrix_summary *s = &m->summary;
    size_t room = 0, remarks = 0;
    bool ok = true;
    *s = (struct matrix_summary){0};
    for (size_t i = 0; i < m->nr_cases; i++) {
        const struct case_result *r = &m->c[i].result;
        count(s, r);
        ok = ok && add_remark(s, &remarks, r, i);
        for (size_t j = 0; ok && j < r->nr_findings; j++) {
            struct matrix_finding *f = finding_of(s, &room, &r->finding[j]);
            ok = f != NULL && add_case(&f->in, &f->nr_in, &f->room, i);
        }
    }
    if (ok && s->nr_findings != 0)
        qsort(s->finding, s->nr_findings, sizeof *s->finding, by_severity);
    return ok;
}

void fold_free(struct matrix_summary *s)
{
    for (size_t i = 0; i < s->nr_findings; i++) {
        free(s->finding[i].key);
        free(s->finding[i].in);
    }
    for (size_t i = 0; i < s->nr_remarks; i++) {
        free(s->remark[i].key);
        free(s->remark[i].in);
    }
    free(s->finding);
    free(s->remark);
    *s = (struct matrix_summary){0};
}
