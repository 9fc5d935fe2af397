/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/fingerprint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/. Every piece ends with a zero byte, so that none runs
 * into the next. */
#define FNV_BASIS 0xCBF29CE484222325ULL
#define FNV_PRIME 0x100000001B3ULL

static void add_text(uint64_t *h, const char *s)
{
    do
        *h = (*h ^ (uint8_t)*s) * FNV_PRIME;
    while (*s++ != '\0');
}

static void add_number(uint64_t *h, uint64_t v)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIx64, v);
    add_text(h, text);
}

/* The file's GUID is the module's name for good; code outside all modules has no place that stays. */
static void add_place(uint64_t *h, const struct code_place *at, bool with_offset)
{
    if (at->module[0] == '\0') {
        add_text(h, "");
        return;
    }
    add_text(h, at->guid[0] != '\0' ? at->guid : at->module);
    if (with_offset)
        add_number(h, at->offset);
}

/* Looked at when all is done: the instruction is whoever ran last. */
static bool is_of_handoff(const struct finding *f)
{
    return f->rule >= RULE_HOB_LIST && f->rule <= RULE_SMBIOS_TABLES;
}

/* Whose fault it is: the instruction, or for control that went astray the one that sent it there. */
static const struct code_place *culprit(const struct finding *f)
{
    if (f->at.module[0] == '\0' && f->transfer.kind != TRANSFER_NONE && f->transfer.from.module[0] != '\0')
        return &f->transfer.from;
    if (f->at.module[0] == '\0' && f->has_caller)
        return &f->caller;
    return &f->at;
}

const struct code_place *finding_blamed(const struct finding *f)
{
    const struct code_place *author = finding_author(f);
    if (is_of_handoff(f))
        return author;
    return culprit(f);
}

static void hash_finding(const struct finding *f, bool with_offset, char out[FINGERPRINT_SIZE])
{
    uint64_t h = FNV_BASIS;
    add_text(&h, rules[f->rule].name);
    if (is_of_handoff(f)) {
        if (f->hob.present) {
            add_number(&h, f->hob.type);
            add_number(&h, f->hob.kind);
        }
    } else {
        add_place(&h, culprit(f), with_offset);
    }
    if (f->has_fault)
        add_number(&h, f->fault.vector);
    if (f->owner != NULL) {
        add_text(&h, plan_class_name(f->cls));
        add_text(&h, f->owner);
    }
    add_text(&h, f->assertion);
    (void)snprintf(out, FINGERPRINT_SIZE, "%016" PRIx64, h);
}

void finding_fingerprint(const struct finding *f, char out[FINGERPRINT_SIZE])
{
    hash_finding(f, true, out);
}

void finding_family(const struct finding *f, char out[FINGERPRINT_SIZE])
{
    hash_finding(f, false, out);
}

void finding_identity(const struct finding *f, char out[FINGERPRINT_SIZE])
{
    const struct code_place *at = finding_blamed(f);
    uint64_t h = FNV_BASIS;
    if (at == NULL || at->source.function[0] == '\0') {
        finding_fingerprint(f, out);
        return;
    }
    finding_family(f, out);
    add_text(&h, out);
    add_text(&h, at->source.function);
    add_text(&h, at->source.inlined);
    (void)snprintf(out, FINGERPRINT_SIZE, "%016" PRIx64, h);
}

void ending_fingerprint(const struct verdict *v, char out[FINGERPRINT_SIZE])
{
    uint64_t h = FNV_BASIS;
    add_text(&h, ending_name(v->ending));
    add_number(&h, (uint64_t)v->phase);
    if (v->ending == END_UNSUPPORTED)
        add_text(&h, v->detail);
    else if (v->nr_last != 0)
        add_text(&h, v->last[v->nr_last - 1].module);
    (void)snprintf(out, FINGERPRINT_SIZE, "%016" PRIx64, h);
}
