/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of a page about one run. */
#include <inttypes.h>

#include "picture/markup.h"
#include "picture/parts.h"
#include "report/decode.h"

static void begin(const char *class, const char *const *head, FILE *out)
{
    fprintf(out, "<div class=\"%s\" tabindex=\"0\"><table>\n<thead><tr>", class);
    for (size_t i = 0; head[i] != NULL; i++)
        fprintf(out, "<th scope=\"col\">%s</th>", head[i]);
    fputs("</tr></thead>\n<tbody>\n", out);
}

static void end(FILE *out)
{
    fputs("</tbody></table></div>\n", out);
}

void html_image(const struct report_input *in, FILE *out)
{
    const struct verdict *v = in->verdict;
    char sha[HASH_TEXT_SIZE], label[256], took[TIME_TEXT], memory[SIZE_TEXT];
    fputs("<table class=\"facts\">\n", out);
    hash_format(in->image->sha256, sha);
    html_fact("image", out, "%s, %s%s, %#zx bytes%s", path_last(in->image->path), image_kind_name(in->image->kind),
              in->image->pvh.present ? " with a PVH entry" : "", in->image->size, in->image->gzip ? " unpacked" : "");
    html_fact("sha256", out, "%s", sha);
    if (in->loader != NULL) {
        hash_format(in->loader->sha256, sha);
        html_fact("first stage", out, "%s, %#zx bytes, sha256 %s", path_last(in->loader->path), in->loader->size, sha);
    }
    layout_label(in->layout, label, sizeof label);
    size_format(in->layout->memory, memory);
    html_fact("guest", out, "%s: %s, %s, %u vCPU%s, Xen %u.%u", label, guest_type_name(in->layout->type), memory,
              in->layout->vcpus, in->layout->vcpus == 1 ? "" : "s", in->layout->xen_major, in->layout->xen_minor);
    html_fact("hand-off", out, "%s", in->handoff);
    html_fact("reached", out, "%s%s, %zu module%s seen", v->ending == END_HANDOFF ? "the hand-off to " : "",
              phase_name(v->phase), v->nr_modules, v->nr_modules == 1 ? "" : "s");
    if (v->hob_list != 0)
        html_fact("DXE", out, "HOB list at %#" PRIx64 ", DXE core entry %#" PRIx64 ", rsp %#" PRIx64, v->hob_list,
                  v->dxe_entry, v->rsp);
    time_format(v->virtual_ns, took);
    html_fact("work", out, "%" PRIu64 " instructions, %" PRIu64 " charged for decompression, %s of virtual time",
              v->instructions, v->charged, took);
    html_fact("engine", out, "Unicorn %s", in->engine_version);
    fputs("</table>\n", out);
}

static void write_counts(const uint64_t count[STAGES], FILE *out)
{
    bool any = false;
    fputs("<td>", out);
    for (unsigned i = 0; i < STAGES; i++) {
        const enum phase p = timeline_order[i];
        if (count[p] == 0)
            continue;
        fprintf(out, "%s%s %" PRIu64, any ? ", " : "", phase_name(p), count[p]);
        any = true;
    }
    fputs("</td></tr>\n", out);
}

void html_exits(const struct verdict *v, FILE *out)
{
    static const char *const calls[] = {"hypercall", "count", "refused", "by phase", NULL};
    static const char *const exits[] = {"exit", "count", "by phase", NULL};
    const struct timeline *t = &v->timeline;
    if (t->nr_calls != 0)
        begin("table", calls, out);
    for (size_t i = 0; i < t->nr_calls; i++) {
        const struct call_count *c = &t->call[i];
        fputs("<tr><td>", out);
        if (c->name != NULL)
            markup(out, c->name);
        else
            fprintf(out, "number %u", c->nr);
        fprintf(out, "</td><td class=\"r\">%" PRIu64 "</td><td class=\"r\">%" PRIu64 "</td>", call_count_total(c),
                c->refused);
        write_counts(c->count, out);
    }
    if (t->nr_calls != 0)
        end(out);
    begin("table", exits, out);
    for (unsigned i = 0; i < MACHINE_EXITS; i++) {
        if (timeline_exits(t, (enum machine_exit)i) == 0)
            continue;
        fprintf(out, "<tr><td>%s</td><td class=\"r\">%" PRIu64 "</td>", machine_exit_name((enum machine_exit)i),
                timeline_exits(t, (enum machine_exit)i));
        write_counts(t->exits[i], out);
    }
    end(out);
}

void html_modules(const struct verdict *v, FILE *out)
{
    static const char *const head[] = {"module", "base", "size", "phase", "first ran", "file", NULL};
    begin("wide", head, out);
    for (size_t i = 0; i < v->nr_modules; i++) {
        const struct module *m = &v->module[i];
        char at[TIME_TEXT];
        time_format(m->first.ns, at);
        fputs("<tr><td>", out);
        markup(out, m->name);
        fprintf(out, "</td><td>%#" PRIx64 "</td><td>%#" PRIx32 "</td><td>%s</td><td>%s</td><td>", m->base, m->size,
                phase_name(timeline_phase_at(&v->timeline, m->first)), at);
        markup(out, m->guid);
        fputs("</td></tr>\n", out);
    }
    end(out);
}

void html_hobs(const struct verdict *v, FILE *out)
{
    static const char *const head[] = {"#", "at", "HOB", NULL};
    if (v->hobs.damage != NULL) {
        fputs("<p>The list is damaged: ", out);
        markup_format(out, "at %#" PRIx64 ": %s", v->hobs.damage_at, v->hobs.damage);
        fputs("</p>\n", out);
    }
    begin("wide", head, out);
    for (size_t i = 0; i < v->hobs.nr; i++) {
        char what[HOB_TEXT_SIZE], bits[HOB_ATTRIBUTES_SIZE];
        hob_format(&v->hobs.h[i], what);
        hob_attributes_format(v->hobs.h[i].attributes, bits);
        fprintf(out, "<tr><td class=\"r\">%zu</td><td>%#" PRIx64 "</td><td>", i, v->hobs.h[i].at);
        markup_format(out, "%s%s%s", what, bits[0] != '\0' ? ", " : "", bits);
        fputs("</td></tr>\n", out);
    }
    end(out);
}

static void write_writing(const struct verdict *v, const struct writing *w, FILE *out)
{
    fprintf(out, "<td>%s ", phase_name(w->phase));
    markup(out, w->module < v->nr_modules ? v->module[w->module].name : "(no module)");
    fputs("</td>", out);
}

void html_written(const struct verdict *v, FILE *out)
{
    static const char *const head[] = {"from", "to", "size", "first", "last", "owner", NULL};
    if (v->written == NULL)
        return;
    begin("wide", head, out);
    for (size_t i = 0; i < v->written->nr; i++) {
        const struct written_run *r = &v->written->run[i];
        char size[SIZE_TEXT];
        size_format(span_size(r->at), size);
        fprintf(out, "<tr><td>%#" PRIx64 "</td><td>%#" PRIx64 "</td><td class=\"r\">%s</td>", r->at.start, r->at.end,
                size);
        write_writing(v, &r->first, out);
        write_writing(v, &r->last, out);
        fputs("<td>", out);
        markup(out, r->owner);
        fputs("</td></tr>\n", out);
    }
    end(out);
}

void html_e820(const struct report_input *in, FILE *out)
{
    static const char *const head[] = {"from", "to", "size", "type", NULL};
    const struct e820_map *m = &in->guest->e820;
    begin("wide", head, out);
    for (unsigned i = 0; i < m->nr && i < E820_MAX; i++) {
        const char *name = e820_type_name(m->e[i].type);
        char size[SIZE_TEXT];
        size_format(span_size(m->e[i].at), size);
        fprintf(out, "<tr><td>%#" PRIx64 "</td><td>%#" PRIx64 "</td><td class=\"r\">%s</td><td>", m->e[i].at.start,
                m->e[i].at.end, size);
        markup_format(out, "%s (%" PRIu32 ")", name != NULL ? name : "unknown", m->e[i].type);
        fputs("</td></tr>\n", out);
    }
    end(out);
}
