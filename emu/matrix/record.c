/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "matrix/record.h"

#include <stdlib.h>
#include <string.h>

#include "base/le.h"

/*
 * Numbers have eight bytes, little-endian; texts their length, and then as many bytes without NUL. The mark comes at
 * both ends: a record that was cut off is none.
 */
#define MARK 0x3230657361632d68ULL

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

static void put_trace(FILE *out, const struct backtrace *b)
{
    put(out, b != NULL ? b->nr : 0);
    for (unsigned i = 0; b != NULL && i < b->nr; i++) {
        put_place(out, &b->frame[i].at);
        put(out, b->frame[i].found);
    }
    put(out, b != NULL && b->cut);
}

static void put_steps(FILE *out, const struct case_finding *f)
{
    put(out, f->nr_steps);
    for (size_t i = 0; i < f->nr_steps; i++) {
        put(out, f->step[i].kind);
        put_place(out, &f->step[i].at);
    }
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
    put(out, f->has_blamed);
    put_place(out, &f->blamed);
    put_text(out, f->fingerprint);
    put_text(out, f->identity);
    put_text(out, f->text);
    put_trace(out, f->trace);
    put_steps(out, f);
    put_text(out, f->details != NULL ? f->details : "");
}

static void put_limits(FILE *out, const struct limits_reached *r)
{
    uint64_t nr = 0;
    for (unsigned i = 0; i < LIMITS; i++)
        nr += r->at[i] != 0;
    put(out, nr);
    for (unsigned i = 0; i < LIMITS; i++) {
        if (r->at[i] == 0)
            continue;
        put(out, i);
        put(out, r->at[i]);
    }
}

static void put_loader(FILE *out, const struct case_loader *l)
{
    put_text(out, l->name);
    put(out, l->size);
    (void)fwrite(l->sha256, 1, sizeof l->sha256, out);
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
    put_limits(out, &r->reached);
    put(out, r->nr_findings);
    for (size_t i = 0; i < r->nr_findings; i++)
        put_finding(out, &r->finding[i]);
    put(out, r->instructions);
    put(out, r->virtual_ns);
    put_loader(out, &r->loader);
    put_bytes(out, r->log, r->log_size);
    put(out, r->nr_reports);
    for (size_t i = 0; i < r->nr_reports; i++) {
        put_text(out, r->report[i].form);
        put_bytes(out, r->report[i].bytes, r->report[i].size);
    }
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

/* Bytes of their own, at most @most, with a NUL behind them; NULL for none. */
static char *get_bytes(struct reader *r, size_t most, size_t *size)
{
    size_t n = get_length(r, most + 1);
    char *out = n != 0 ? malloc(n + 1) : NULL;
    r->bad = r->bad || (n != 0 && out == NULL);
    if (out == NULL)
        return NULL;
    memcpy(out, r->at, n);
    out[n] = '\0';
    r->at += n;
    r->left -= n;
    *size = n;
    return out;
}

/* Room for as many as are said to follow, at most @most; NULL for none. */
static void *get_array(struct reader *r, size_t most, size_t each, size_t *nr)
{
    *nr = (size_t)get(r, most);
    void *out = *nr != 0 ? calloc(*nr, each) : NULL;
    r->bad = r->bad || (*nr != 0 && out == NULL);
    return out;
}

static void get_trace(struct reader *r, struct case_finding *f)
{
    unsigned nr = (unsigned)get(r, FRAMES_MAX);
    f->trace = nr != 0 ? calloc(1, sizeof *f->trace) : NULL;
    r->bad = r->bad || (nr != 0 && f->trace == NULL);
    for (unsigned i = 0; !r->bad && i < nr; i++) {
        get_place(r, &f->trace->frame[i].at);
        f->trace->frame[i].found = (enum frame_found)get(r, FRAME_LIKELY);
        f->trace->nr = i + 1;
    }
    bool cut = get(r, 1) != 0;
    if (f->trace != NULL)
        f->trace->cut = cut;
}

static void get_steps(struct reader *r, struct case_finding *f)
{
    size_t nr;
    f->step = get_array(r, STEPS_MAX, sizeof *f->step, &nr);
    for (; !r->bad && f->nr_steps < nr; f->nr_steps++) {
        f->step[f->nr_steps].kind = (enum step_kind)get(r, STEP_KINDS - 1);
        get_place(r, &f->step[f->nr_steps].at);
    }
}

static void get_finding(struct reader *r, struct case_finding *f)
{
    size_t n = 0;
    f->rule = (enum rule_id)get(r, RULE_COUNT - 1);
    f->severity = (enum severity)get(r, SEVERITY_ERROR);
    f->phase = (enum phase)get(r, PHASE_COUNT - 1);
    f->access = (enum access_kind)get(r, ACCESS_EXEC);
    get_place(r, &f->at);
    f->has_caller = get(r, 1) != 0;
    get_place(r, &f->caller);
    f->has_blamed = get(r, 1) != 0;
    get_place(r, &f->blamed);
    get_text(r, f->fingerprint, sizeof f->fingerprint);
    get_text(r, f->identity, sizeof f->identity);
    get_text(r, f->text, sizeof f->text);
    get_trace(r, f);
    get_steps(r, f);
    f->details = get_bytes(r, CASE_DETAILS_MAX, &n);
    r->bad = r->bad || (f->details != NULL && strlen(f->details) != n);
}

static void get_findings(struct reader *r, struct case_result *out)
{
    size_t nr;
    out->finding = get_array(r, LIMIT_FINDINGS_MOST, sizeof *out->finding, &nr);
    while (!r->bad && out->nr_findings < nr)
        get_finding(r, &out->finding[out->nr_findings++]);
}

static void get_limits(struct reader *r, struct limits_reached *out)
{
    uint64_t nr = get(r, LIMITS);
    for (uint64_t least = 0; nr > 0 && !r->bad; nr--) {
        const uint64_t id = get(r, LIMITS - 1);
        r->bad = r->bad || id < least;
        out->at[id] = get(r, INT64_MAX);
        r->bad = r->bad || out->at[id] == 0;
        least = id + 1;
    }
}

static void get_loader(struct reader *r, struct case_loader *l)
{
    get_text(r, l->name, sizeof l->name);
    l->size = get(r, UINT64_MAX);
    r->bad = r->bad || r->left < sizeof l->sha256;
    if (r->bad)
        return;
    memcpy(l->sha256, r->at, sizeof l->sha256);
    r->at += sizeof l->sha256;
    r->left -= sizeof l->sha256;
}

static void get_reports(struct reader *r, struct case_result *out)
{
    size_t nr = (size_t)get(r, CASE_REPORTS_MAX);
    while (!r->bad && out->nr_reports < nr) {
        struct case_report *to = &out->report[out->nr_reports++];
        get_text(r, to->form, sizeof to->form);
        to->bytes = get_bytes(r, RECORD_MAX, &to->size);
        r->bad = r->bad || to->bytes == NULL;
    }
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
    get_limits(&r, &out->reached);
    get_findings(&r, out);
    out->instructions = get(&r, UINT64_MAX);
    out->virtual_ns = get(&r, UINT64_MAX);
    get_loader(&r, &out->loader);
    out->log = get_bytes(&r, CASE_LOG_MAX, &out->log_size);
    get_reports(&r, out);
    r.bad = get(&r, UINT64_MAX) != MARK || r.bad || r.left != 0 || !is_exit_code(code);
    if (r.bad) {
        case_result_free(out);
        *out = (struct case_result){0};
    }
    return !r.bad;
}
