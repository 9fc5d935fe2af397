/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/fv.h"
#include "report/json_parts.h"

static json_t *json_pair(uint64_t a, uint64_t b)
{
    return json_pack("[o, o]", json_hex(a), json_hex(b));
}

static json_t *json_code(const struct code_place *p)
{
    return p->gva != 0 ? json_place(p) : json_null();
}

static json_t *json_access(const struct compare_access *a)
{
    if (!a->known)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:I, s:b}", "rip", json_place(&a->at), "gpa", json_pair(a->gpa[0], a->gpa[1]),
                     "value", json_pair(a->value[0], a->value[1]), "size", (json_int_t)a->size, "unwritten",
                     (int)a->unwritten);
}

static json_t *json_runs(const struct compare_result *r)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < r->nr_runs && i < COMPARE_FILLS_MAX; i++) {
        const struct compare_run *run = &r->run[i];
        json_t *e =
            json_pack("{s:o, s:b, s:I, s:s, s:s}", "fill", json_hex(run->fill), "added", (int)run->added, "blocks",
                      (json_int_t)run->blocks, "ending", ending_name(run->ending), "phase", phase_name(run->phase));
        if (json_array_append_new(list, e) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *json_side(const struct compare_side *side)
{
    return json_pack("{s:b, s:o, s:o}", "ended", (int)side->ended, "to", json_code(&side->to), "registers",
                     json_registers(&side->regs));
}

static json_t *json_flow(const struct compare_result *r)
{
    const struct compare_flow *f = &r->flow;
    if (!f->diverged)
        return json_null();
    return json_pack("{s:o, s:s, s:b, s:o, s:s, s:[o, o], s:o, s:o}", "fills",
                     json_pair(r->run[0].fill, r->run[f->other].fill), "phase", phase_name(f->phase), "unpacked",
                     (int)f->unpacked, "from", json_code(&f->from), "instruction", f->insn, "sides",
                     json_side(&f->side[0]), json_side(&f->side[1]), "read", json_access(&f->read), "origin",
                     json_access(&f->origin));
}

static json_t *json_bytes(const uint8_t *b, size_t n)
{
    char text[2 * COMPARE_BYTES_MAX + 1] = "";
    for (size_t i = 0; i < n && i < COMPARE_BYTES_MAX; i++) {
        text[2 * i] = "0123456789abcdef"[b[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[b[i] & 15];
    }
    return json_string(text);
}

static json_t *json_stretch(const struct compare_hob *h)
{
    char guid[GUID_TEXT_SIZE];
    guid_format(&h->guid, guid);
    return json_pack("{s:I, s:o, s:I, s:I, s:s?, s:s, s:s, s:I, s:I, s:[o, o], s:o, s:o, s:o}", "hob",
                     (json_int_t)h->index, "gpa", json_hex(h->gpa), "type", (json_int_t)h->type, "length",
                     (json_int_t)h->length, "guid", h->has_guid ? guid : NULL, "what", h->what, "field", h->field,
                     "offset", (json_int_t)h->offset, "size", (json_int_t)h->size, "bytes",
                     json_bytes(h->bytes[0], h->size), json_bytes(h->bytes[1], h->size), "maker", json_code(&h->maker),
                     "write", json_access(&h->write), "origin", json_access(&h->origin));
}

static json_t *json_lists(const struct compare_result *r)
{
    if (!r->hobs_compared)
        return json_null();
    json_t *list = json_array();
    for (size_t i = 0; i < r->nr_hobs && i < COMPARE_HOBS_MAX; i++)
        if (json_array_append_new(list, json_stretch(&r->hob[i])) != 0) {
            json_decref(list);
            list = NULL;
            break;
        }
    return json_pack("{s:o, s:b, s:b, s:I, s:o, s:I}", "fills",
                     json_pair(r->run[r->hob_runs[0]].fill, r->run[r->hob_runs[1]].fill), "traced", (int)r->hobs_traced,
                     "shape", (int)r->hobs_shape, "bytes", (json_int_t)r->hob_bytes, "differences", list, "dropped",
                     (json_int_t)r->hobs_dropped);
}

json_t *json_fill(const struct compare_result *r)
{
    if (r == NULL)
        return json_null();
    return json_pack("{s:o, s:o, s:I, s:o, s:o}", "runs", json_runs(r), "shown", json_hex(r->run[r->shown].fill),
                     "blocks", (json_int_t)r->blocks, "divergence", json_flow(r), "hobs", json_lists(r));
}
