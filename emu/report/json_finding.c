/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_parts.h"

#include "report/decode.h"

enum { VECTOR_PF = 14 };

/* Puts @value under @key; an object that could not be made complete becomes NULL. */
static void put(json_t **object, const char *key, json_t *value)
{
    if (json_object_set_new(*object, key, value) != 0) {
        json_decref(*object);
        *object = NULL;
    }
}

json_t *json_guid(const char *guid)
{
    return guid[0] != '\0' ? json_string(guid) : json_null();
}

json_t *json_words(const char *text)
{
    return text[0] != '\0' ? json_safe(text) : json_null();
}

json_t *json_place(const struct code_place *p)
{
    bool known = p->module[0] != '\0';
    const struct source_place *s = &p->source;
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "address", json_hex(p->gva), "module",
                     known ? json_safe(p->module) : json_null(), "guid", json_guid(p->guid), "base",
                     known ? json_hex(p->base) : json_null(), "offset", known ? json_hex(p->offset) : json_null(),
                     "function", json_words(s->function), "inlined", json_words(s->inlined), "file",
                     json_words(s->file), "line", s->line != 0 ? json_integer((json_int_t)s->line) : json_null());
}

static json_t *json_transfer(const struct transfer *t)
{
    if (t->kind == TRANSFER_NONE)
        return json_null();
    json_t *memory = t->in_memory ? json_pack("{s:o, s:o, s:I}", "gpa", json_hex(t->gpa), "gva", json_hex(t->gva),
                                              "size", (json_int_t)t->size)
                                  : json_null();
    return json_pack("{s:s, s:o, s:s, s:o, s:o, s:o}", "kind", transfer_name(t->kind), "from", json_place(&t->from),
                     "instruction", t->insn, "register", json_words(t->reg), "memory", memory, "value",
                     json_hex(t->value));
}

json_t *json_backtrace(const struct backtrace *b)
{
    json_t *list = json_array();
    for (unsigned i = 0; b != NULL && i < b->nr && i < FRAMES_MAX; i++) {
        json_t *frame =
            json_pack("{s:s, s:o}", "found", frame_found_name(b->frame[i].found), "at", json_place(&b->frame[i].at));
        if (json_array_append_new(list, frame) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *json_walk(const struct walk *w)
{
    json_t *steps = json_array();
    for (unsigned i = 0; i < w->nr && i < sizeof w->step / sizeof w->step[0]; i++) {
        const struct walk_step *s = &w->step[i];
        char flags[DECODE_TEXT_SIZE];
        decode_page_entry(s->level, s->entry, flags);
        json_t *step = json_pack("{s:s, s:o, s:o, s:s}", "level", walk_level_name(s->level), "at",
                                 json_hex(s->entry_gpa), "entry", json_hex(s->entry), "flags", flags);
        if (json_array_append_new(steps, step) != 0) {
            json_decref(steps);
            return NULL;
        }
    }
    json_t *why = w->present ? json_null() : json_string(w->why != NULL ? w->why : "not present");
    return json_pack("{s:o, s:b, s:o, s:o}", "steps", steps, "present", (int)w->present, "gpa",
                     w->present ? json_hex(w->gpa) : json_null(), "why", why);
}

static json_t *json_fault(const struct fault_info *fault)
{
    char bits[DECODE_TEXT_SIZE] = "";
    if (fault->has_error_code)
        decode_error_code(fault->vector, fault->error_code, bits);
    bool page = fault->vector == VECTOR_PF;
    return json_pack("{s:I, s:s, s:s, s:o, s:s, s:o, s:o}", "vector", (json_int_t)fault->vector, "mnemonic",
                     vector_mnemonic(fault->vector), "title", vector_title(fault->vector), "error_code",
                     fault->has_error_code ? json_hex(fault->error_code) : json_null(), "error_bits", bits, "cr2",
                     page ? json_hex(fault->cr2) : json_null(), "walk", page ? json_walk(&fault->walk) : json_null());
}

json_t *json_registers(const struct cpu_regs *r)
{
    const struct {
        const char *name;
        uint64_t value;
    } others[] = {
        {"rip", r->rip}, {"rflags", r->rflags}, {"cr0", r->cr0}, {"cr2", r->cr2}, {"cr3", r->cr3},
        {"cr4", r->cr4}, {"efer", r->efer},     {"cs", r->cs},   {"ss", r->ss},   {"ds", r->ds},
        {"es", r->es},   {"fs", r->fs},         {"gs", r->gs},
    };
    json_t *o = json_object();
    for (size_t i = 0; i < 16; i++)
        put(&o, cpu_reg_names[i], json_hex(r->gpr[i]));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        put(&o, others[i].name, json_hex(others[i].value));
    return o;
}

/* What was done to memory; null for a finding that is no access. */
static json_t *json_access(const struct finding *f)
{
    if (f->access == ACCESS_NONE)
        return json_null();
    return json_pack("{s:s, s:o, s:o, s:I, s:o, s:I, s:o}", "kind", access_name(f->access), "gpa", json_hex(f->gpa),
                     "gva", json_hex(f->gva), "size", (json_int_t)f->size, "value",
                     f->access == ACCESS_WRITE ? json_hex(f->value) : json_null(), "count", (json_int_t)f->count,
                     "touched", json_span(f->touched));
}

static json_t *json_range(const struct finding *f)
{
    if (span_size(f->range) == 0)
        return json_null();
    return json_pack("{s:o, s:o, s:s, s:o}", "start", json_hex(f->range.start), "end", json_hex(f->range.end), "class",
                     plan_class_name(f->cls), "owner", json_safe(f->owner != NULL ? f->owner : ""));
}

static json_t *json_finding_hob(const struct finding_hob *h)
{
    if (!h->present)
        return json_null();
    return json_pack("{s:I, s:o, s:o}", "index", (json_int_t)h->index, "at", json_hex(h->at), "range",
                     span_size(h->range) != 0 ? json_span(h->range) : json_null());
}

json_t *json_finding(const struct finding *f)
{
    const struct rule *rule = &rules[f->rule];
    const struct code_place *author = finding_author(f);
    return json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "rule", rule->name, "severity", severity_name(f->severity), "title", rule->title, "text", json_safe(f->text),
        "meaning", json_words(f->meaning), "assertion", json_words(f->assertion), "handler", json_words(f->handler),
        "phase", phase_name(f->phase), "vcpu", (json_int_t)f->vcpu, "access", json_access(f), "range", json_range(f),
        "hob", json_finding_hob(&f->hob), "rip", json_place(&f->at), "caller",
        f->has_caller ? json_place(&f->caller) : json_null(), "transfer", json_transfer(&f->transfer), "backtrace",
        json_backtrace(f->trace), "fault", f->has_fault ? json_fault(&f->fault) : json_null(), "registers",
        json_registers(&f->regs), "author", author != NULL ? json_place(author) : json_null(), "pointer",
        json_pointer(&f->pointer), "writer", json_writer(f->writer));
}
