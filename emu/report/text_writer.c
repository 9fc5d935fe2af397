/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is to blame: the pointer's way, and who wrote what it is about. */
#include "report/text_writer.h"

#include <inttypes.h>

#include "report/text_code.h"
#include "report/text_finding.h"

void text_pointer(FILE *out, const struct pointer *p)
{
    if (!p->known || p->reg[0] == '\0') /* used from memory: the transfer says so */
        return;
    text_label(out, "pointer");
    fprintf(out, "%s held 0x%" PRIx64, p->reg, p->value);
    if (p->by.gva != 0) {
        fprintf(out, p->in_memory ? ", loaded from gpa 0x%" PRIx64 " by " : ", set by ", p->gpa);
        text_code(out, &p->by);
    } else {
        fputs("; where it had it from is not known", out);
    }
    fputc('\n', out);
}

static void write_when(FILE *out, const struct writer *w)
{
    fprintf(out, " in %s at %" PRIu64 ".%06" PRIu64 " s (instruction %" PRIu64 ")", phase_name(w->phase),
            w->virtual_ns / 1000000000, w->virtual_ns / 1000 % 1000000, w->instructions);
    if (w->writes > 1)
        fprintf(out, ", the last of %" PRIu64, w->writes);
}

static void write_what(FILE *out, const struct writer *w)
{
    switch (w->kind) {
    case WRITER_STORE:
        fprintf(out, "0x%" PRIx64 " over 0x%" PRIx64 ", %u byte%s at gpa 0x%" PRIx64, w->value, w->old, w->size,
                w->size == 1 ? "" : "s", w->gpa);
        write_when(out, w);
        break;
    case WRITER_HOST:
        fprintf(out, "%s gpa 0x%" PRIx64 ", by Xen or a device", w->mapping ? "another page put at" : "bytes at",
                w->at.start);
        write_when(out, w);
        break;
    case WRITER_UNPACKED:
        fprintf(out, "gpa 0x%" PRIx64 ": unpacked by SEC from the firmware's volume", w->at.start);
        break;
    case WRITER_GIVEN:
        fprintf(out, "gpa 0x%" PRIx64 ": never by the firmware: it is as it was when that was entered", w->at.start);
        break;
    case WRITER_NEVER:
        fprintf(out, "gpa 0x%" PRIx64 ": never: it is still what RAM was filled with", w->at.start);
        break;
    default:
        fprintf(out, "gpa 0x%" PRIx64 ": by whom is not known: the second boot did not show it", w->at.start);
        break;
    }
}

void text_author(FILE *out, const struct finding *f)
{
    if (finding_author(f) != NULL)
        text_place(out, "author", finding_author(f));
}

void text_writer(FILE *out, const struct writer *w)
{
    if (w == NULL)
        return;
    text_label(out, "written");
    write_what(out, w);
    fputc('\n', out);
    if (w->by.gva != 0) {
        text_label(out, "");
        fputs("by ", out);
        text_code(out, &w->by);
        if (w->insn[0] != '\0')
            fprintf(out, ": %s", w->insn);
        fputc('\n', out);
        text_trace_as(out, "from", w->trace);
    }
    for (unsigned i = w->nr_copies; i-- > 0;) {
        const struct writer_copy *c = &w->copy[i];
        text_label(out, "copied");
        fprintf(out, "from gpa 0x%" PRIx64 " by ", c->from.start);
        text_code(out, &c->by);
        fputc('\n', out);
    }
}
