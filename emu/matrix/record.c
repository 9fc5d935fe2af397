/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/le.h"

/*
 * Numbers have eight bytes, little-endian; texts their length, and then as many bytes without NUL. The mark comes at
 * both ends: a record that was cut off is none.
 */
#define MARK 0x3130657361632d68ULL

/* --- writing */

static void put(FILE *out, uint64_t v)
{
    uint8_t bytes[8];
    put_le64(bytes, v);
    (void)fwrite(bytes, 1, sizeof bytes, out);
}

static void put_bytes(FILE *out, const char *bytes, size_t n)
{
    put(out, n);
    if (n != 0)
        (void)fwrite(bytes, 1, n, out);
}

static void put_text(FILE *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

static void put_place(FILE *out, const struct code_place *p)
{
    put(out, p->gva);
    put_text(out, p->module);
    put(out, p->base);
    put(out, p->offset);
    put_text(out, p->guid);
    put_text(out, p->source.function);
    put_text(out, p->source.inlined);
    put_text(out, p->source.file);
    put(out, p->source.line);
}

static void put_finding(FILE *out, const struct case_finding *f)
{
    put(out, f->rule);
    put(out, f->severity);
    put(out, f->phase);
    put(out, f->access);
    put_place(out, &f->at);
    put(out, f->has_caller);
    put_place(out, &f->caller);
    put_text(out, f->text);
}

bool record_write(const struct case_result *r, FILE *out)
{
    put(out, MARK);
    put(out, r->state);
    put_text(out, r->reason);
    put(out, (uint64_t)r->exit_code);
    put(out, r->ending);
    put(out, r->phase);
    put_text(out, r->detail);
    put(out, r->dropped);
    put(out, r->nr_findings);
    for (size_t i = 0; i < r->nr_findings; i++)
        put_finding(out, &r->finding[i]);
    put_bytes(out, r->report, r->report != NULL ? r->report_size : 0);
    put_bytes(out, r->saved, r->saved != NULL ? r->saved_size : 0);
    put(out, MARK);
    return ferror(out) == 0;
}

/* --- reading */

struct reader {
    const uint8_t *at;
    size_t left;
    bool bad;
};

static uint64_t get(struct reader *r, uint64_t most)
{
    if (r->bad || r->left < 8) {
        r->bad = true;
        return 0;
    }
    uint64_t v = le64(r->at);
    r->at += 8;
    r->left -= 8;
    r->bad = v > most;
    return r->bad ? 0 : v;
}

/* The length of a text, whose bytes are there; fewer than @room. */
static size_t get_length(struct reader *r, size_t room)
{
    uint64_t n = get(r, room - 1);
    r->bad = r->bad || n > r->left;
    return r->bad ? 0 : (size_t)n;
}

static void get_text(struct reader *r, char *out, size_t room)
{
    size_t n = get_length(r, room);
    out[0] = '\0';
    if (n == 0)
        return;
    memcpy(out, r->at, n);
    out[n] = '\0';
    r->bad = memchr(out, '\0', n) != NULL;
    r->at += n;
    r->left -= n;
}

static void get_place(struct reader *r, struct code_place *p)
{
    p->gva = get(r, UINT64_MAX);
    get_text(r, p->module, sizeof p->module);
    p->base = get(r, UINT64_MAX);
    p->offset = get(r, UINT64_MAX);
    get_text(r, p->guid, sizeof p->guid);
    get_text(r, p->source.function, sizeof p->source.function);
    get_text(r, p->source.inlined, sizeof p->source.inlined);
    get_text(r, p->source.file, sizeof p->source.file);
    p->source.line = (unsigned)get(r, UINT32_MAX);
}

static void get_finding(struct reader *r, struct case_finding *f)
{
    f->rule = (enum rule_id)get(r, RULE_COUNT - 1);
    f->severity = (enum severity)get(r, SEVERITY_ERROR);
    f->phase = (enum phase)get(r, PHASE_COUNT - 1);
    f->access = (enum access_kind)get(r, ACCESS_EXEC);
    get_place(r, &f->at);
    f->has_caller = get(r, 1) != 0;
    get_place(r, &f->caller);
    get_text(r, f->text, sizeof f->text);
}

static void get_findings(struct reader *r, struct case_result *out)
{
    size_t nr = (size_t)get(r, FINDINGS_MAX);
    if (nr == 0)
        return;
    out->finding = calloc(nr, sizeof *out->finding);
    r->bad = r->bad || out->finding == NULL;
    for (; !r->bad && out->nr_findings < nr; out->nr_findings++)
        get_finding(r, &out->finding[out->nr_findings]);
}

/* Bytes of any length, with a zero behind them; NULL for none. */
static void get_bytes(struct reader *r, char **out, size_t *size)
{
    size_t n = get_length(r, RECORD_MAX);
    if (n == 0)
        return;
    *out = malloc(n + 1);
    if (*out == NULL) {
        r->bad = true;
        return;
    }
    memcpy(*out, r->at, n);
    (*out)[n] = '\0';
    *size = n;
    r->at += n;
    r->left -= n;
}

/* The exit codes of a report. */
static bool is_exit_code(uint64_t code)
{
    return code == 0 || code == 1 || code == 3 || code == 70;
}

bool record_read(const uint8_t *bytes, size_t size, struct case_result *out)
{
    struct reader r = {.at = bytes, .left = size, .bad = bytes == NULL};
    r.bad = get(&r, UINT64_MAX) != MARK || r.bad;
    out->state = (enum case_state)get(&r, CASE_FAILED);
    get_text(&r, out->reason, sizeof out->reason);
    uint64_t code = get(&r, UINT8_MAX);
    out->exit_code = (int)code;
    out->ending = (enum ending)get(&r, END_ENGINE);
    out->phase = (enum phase)get(&r, PHASE_COUNT - 1);
    get_text(&r, out->detail, sizeof out->detail);
    out->dropped = get(&r, UINT64_MAX);
    get_findings(&r, out);
    get_bytes(&r, &out->report, &out->report_size);
    get_bytes(&r, &out->saved, &out->saved_size);
    r.bad = get(&r, UINT64_MAX) != MARK || r.bad || r.left != 0 || !is_exit_code(code);
    if (r.bad) {
        case_result_free(out);
        *out = (struct case_result){0};
    }
    return !r.bad;
}
