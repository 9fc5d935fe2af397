/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/json_parts.h"

json_t *json_pointer(const struct pointer *p)
{
    if (!p->known)
        return json_null();
    json_t *memory = p->in_memory ? json_pack("{s:o, s:o, s:I}", "gpa", json_hex(p->gpa), "gva", json_hex(p->gva),
                                              "size", (json_int_t)p->size)
                                  : json_null();
    return json_pack("{s:o, s:o, s:o, s:o}", "register", json_words(p->reg), "value", json_hex(p->value), "by",
                     p->by.gva != 0 ? json_place(&p->by) : json_null(), "memory", memory);
}

static json_t *json_copies(const struct writer *w)
{
    json_t *list = json_array();
    for (unsigned i = w->nr_copies; i-- > 0;) {
        json_t *copy = json_pack("{s:o, s:o}", "from", json_span(w->copy[i].from), "by", json_place(&w->copy[i].by));
        if (json_array_append_new(list, copy) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *json_store(const struct writer *w)
{
    if (w->kind != WRITER_STORE)
        return json_null();
    return json_pack("{s:o, s:I, s:o, s:o}", "gpa", json_hex(w->gpa), "size", (json_int_t)w->size, "old",
                     json_hex(w->old), "value", json_hex(w->value));
}

static json_t *json_when(const struct writer *w)
{
    if (w->by.gva == 0)
        return json_null();
    return json_pack("{s:s, s:I, s:I, s:I, s:I}", "phase", phase_name(w->phase), "vcpu", (json_int_t)w->vcpu,
                     "instructions", (json_int_t)w->instructions, "virtual_ns", (json_int_t)w->virtual_ns, "writes",
                     (json_int_t)w->writes);
}

json_t *json_writer(const struct writer *w)
{
    if (w == NULL)
        return json_null();
    const bool known = w->by.gva != 0;
    return json_pack("{s:s, s:o, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", writer_name(w->kind), "at",
                     json_span(w->at), "mapping", (int)w->mapping, "by", known ? json_place(&w->by) : json_null(),
                     "instruction", json_words(w->insn), "when", json_when(w), "store", json_store(w), "backtrace",
                     json_backtrace(w->trace), "copies", json_copies(w));
}
