/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/text_code.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "report/decode.h"
#include "report/text_finding.h"

#define LONGEST_TURN 4u /* blocks in a loop that is folded */

void text_source(FILE *out, const struct source_place *s)
{
    if (s->function[0] != '\0') {
        fputc(' ', out);
        text_safe(out, s->function);
    }
    if (s->inlined[0] != '\0') {
        fputs(" > ", out);
        text_safe(out, s->inlined);
    }
    if (s->line == 0)
        return;
    fputs(" (", out);
    text_safe(out, path_last(s->file));
    fprintf(out, ":%u)", s->line);
}

static void write_module_place(FILE *out, const struct code_place *p)
{
    text_safe(out, p->module);
    fprintf(out, "+0x%" PRIx64, p->offset);
}

void text_code(FILE *out, const struct code_place *p)
{
    if (p->module[0] != '\0') {
        write_module_place(out, p);
        fprintf(out, " (0x%" PRIx64 ")", p->gva);
        text_source(out, &p->source);
    } else {
        fprintf(out, "0x%" PRIx64 " (in no known module)", p->gva);
    }
}

void text_short_place(FILE *out, const struct code_place *p)
{
    if (p->module[0] != '\0')
        write_module_place(out, p);
    else
        fprintf(out, "0x%" PRIx64, p->gva);
}

void text_place(FILE *out, const char *label, const struct code_place *p)
{
    text_label(out, label);
    text_code(out, p);
    fputc('\n', out);
}

/* The instruction that went astray, and where it had its pointer from. */
void text_transfer(FILE *out, const struct transfer *t)
{
    if (t->kind == TRANSFER_NONE)
        return;
    text_label(out, t->kind == TRANSFER_CALL ? "call" : t->kind == TRANSFER_JUMP ? "jump" : "return");
    if (t->from.module[0] != '\0')
        write_module_place(out, &t->from);
    else
        fprintf(out, "0x%" PRIx64, t->from.gva);
    fprintf(out, ": %s", t->insn);
    if (t->reg[0] != '\0')
        fprintf(out, ": %s held 0x%" PRIx64, t->reg, t->value);
    else if (t->in_memory)
        fprintf(out, ": memory at gpa 0x%" PRIx64 " held 0x%" PRIx64, t->gpa, t->value);
    else if (t->direct)
        fputs(": the instruction itself says so", out);
    fputc('\n', out);
}

void text_trace_as(FILE *out, const char *label, const struct backtrace *b)
{
    /* What is not certain is said; the rest is as good as it gets. */
    static const char *const doubt[] = {
        [FRAME_HERE] = "",
        [FRAME_JUMP] = "  [from here]",
        [FRAME_CALL] = "",
        [FRAME_CFI] = "",
        [FRAME_POINTER] = "  [by frame pointer]",
        [FRAME_PROVEN] = "  [by return address]",
        [FRAME_LIKELY] = "  [likely]",
    };
    if (b == NULL || b->nr < 2)
        return;
    for (unsigned i = 0; i < b->nr && i < FRAMES_MAX; i++) {
        const struct frame *f = &b->frame[i];
        text_label(out, i == 0 ? label : "");
        fprintf(out, "#%-2u ", i);
        if (f->at.module[0] != '\0')
            write_module_place(out, &f->at);
        else
            fprintf(out, "0x%" PRIx64, f->at.gva);
        text_source(out, &f->at.source);
        fprintf(out, "%s\n", (unsigned)f->found < sizeof doubt / sizeof doubt[0] ? doubt[f->found] : "");
    }
    if (b->cut) {
        text_label(out, "");
        fputs("... and more\n", out);
    }
}

void text_trace(FILE *out, const struct backtrace *b)
{
    text_trace_as(out, "trace", b);
}

/* The same code, as far as it is shown: the function where there is one, else the block. */
static bool same_place(const struct code_place *a, const struct code_place *b)
{
    if (a->source.function[0] == '\0' || b->source.function[0] == '\0')
        return a->gva == b->gva;
    return strcmp(a->source.function, b->source.function) == 0 && strcmp(a->module, b->module) == 0;
}

/* How often the @turn blocks from @i on follow each other. */
static size_t turns(const struct verdict *v, size_t i, size_t turn)
{
    size_t n = turn;
    while (i + n < v->nr_last && same_place(&v->last[i + n - turn], &v->last[i + n]))
        n++;
    return n / turn;
}

void text_last_blocks(FILE *out, const struct verdict *v)
{
    if (v->nr_last == 0)
        return;
    fputs("\nblocks that ran last, the latest at the end\n", out);
    for (size_t i = 0; i < v->nr_last;) {
        size_t turn = 1;
        while (turn < LONGEST_TURN && turns(v, i, turn) < 2)
            turn++;
        size_t times = turns(v, i, turn);
        if (times < 2)
            turn = times = 1;
        for (size_t k = 0; k < turn; k++) {
            const struct code_place *p = &v->last[i + k];
            fputs("    ", out);
            if (p->module[0] != '\0')
                write_module_place(out, p);
            else
                fprintf(out, "0x%" PRIx64, p->gva);
            text_source(out, &p->source);
            if (times > 1 && k + 1 == turn) {
                if (turn > 1)
                    fprintf(out, "  (these %zu, %zu times)", turn, times);
                else
                    fprintf(out, "  (%zu times)", times);
            }
            fputc('\n', out);
        }
        i += turn * times;
    }
}
