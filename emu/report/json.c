/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The verdict for programs: docs/json.md, docs/report.schema.json. Objects keep the order in which they are built.
 * json_pack gives NULL for an object with a NULL part and frees the rest, so that one check at the end finds any
 * failure to allocate.
 */
#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "report/decode.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/json_parts.h"

#define SCHEMA "hvmbed-report/1"

json_t *json_hex(uint64_t v)
{
    return json_sprintf("0x%" PRIx64, v);
}

json_t *json_safe_n(const char *text, size_t n, bool lines)
{
    char *safe = escape_bytes(text, n, lines);
    json_t *s = safe != NULL ? json_string(safe) : NULL;
    free(safe);
    return s;
}

json_t *json_safe(const char *text)
{
    return json_safe_n(text, strlen(text), false);
}

json_t *json_span(struct span s)
{
    return json_pack("{s:o, s:o}", "start", json_hex(s.start), "end", json_hex(s.end));
}

json_t *json_verdict(int exit_code)
{
    char word[16] = "";
    const char *from = verdict_word(exit_code);
    for (size_t i = 0; from[i] != '\0' && i + 1 < sizeof word; i++)
        word[i] = (char)tolower((unsigned char)from[i]);
    return json_string(word);
}

static json_t *json_image(const struct image *im)
{
    char sha[HASH_TEXT_SIZE];
    hash_format(im->sha256, sha);
    const struct pvh_header *p = &im->pvh;
    json_t *pvh =
        p->present ? json_pack("{s:o, s:o, s:I, s:I}", "entry", json_hex(p->entry), "load_paddr",
                               json_hex(p->load_paddr), "filesz", (json_int_t)p->filesz, "memsz", (json_int_t)p->memsz)
                   : json_null();
    return json_pack("{s:o, s:I, s:s, s:s, s:b, s:o, s:o}", "name", json_safe(path_last(im->path)), "size",
                     (json_int_t)im->size, "sha256", sha, "kind", image_kind_name(im->kind), "gzip", (int)im->gzip,
                     "pvh", pvh, "verdict", json_image_verdict(&im->verdict));
}

static json_t *json_disks(const struct layout *l)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < l->nr_disks; i++) {
        char name[DISK_NAME_SIZE];
        layout_disk_name(l->disk[i].vdev, name);
        json_t *e = json_pack("{s:s, s:o, s:b}", "vdev", name, "file", json_safe(path_last(l->disk[i].path)),
                              "read_only", (int)l->disk[i].read_only);
        if (json_array_append_new(list, e) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *json_layout(const struct layout *l)
{
    json_t *file = l->path[0] != '\0' ? json_safe(path_last(l->path)) : json_null();
    json_t *slack = l->slack_pages != SLACK_AMPLE ? json_integer((json_int_t)l->slack_pages) : json_null();
    return json_pack("{s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:I, s:b, s:s, s:o, s:o, s:b, s:o}", "file", file,
                     "type", guest_type_name(l->type), "memory", (json_int_t)l->memory, "maxmem", (json_int_t)l->maxmem,
                     "videoram", (json_int_t)l->videoram, "mmio_hole", (json_int_t)l->mmio_hole, "vcpus",
                     (json_int_t)l->vcpus, "acpi", (int)l->acpi, "xen_version",
                     json_sprintf("%u.%u", l->xen_major, l->xen_minor), "phys_bits", (json_int_t)l->phys_bits,
                     "page_1g", (int)l->page_1g, "vendor", cpu_vendor_name(l->vendor), "fill", json_hex(l->fill),
                     "slack_pages", slack, "e820_given", (int)l->has_e820, "disks", json_disks(l));
}

static json_t *json_e820(const struct e820_map *m)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < m->nr && i < E820_MAX; i++) {
        const char *name = e820_type_name(m->e[i].type);
        json_t *e = json_pack("{s:o, s:o, s:I, s:s?}", "start", json_hex(m->e[i].at.start), "end",
                              json_hex(m->e[i].at.end), "type", (json_int_t)m->e[i].type, "name", name);
        if (json_array_append_new(list, e) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *json_memory(const struct guest_memory *g)
{
    return json_pack("{s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "mmio_start", json_hex(g->mmio_start), "low_end",
                     json_hex(g->low_end), "high_end", json_hex(g->high_end), "stolen_pages",
                     (json_int_t)g->stolen_pages, "cmos_low_ram", (json_int_t)g->cmos_low_ram, "acpi_pages",
                     (json_int_t)g->acpi_pages, "image", json_span(g->image), "e820", json_e820(&g->e820));
}

static json_t *json_modules(const struct verdict *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->nr_modules; i++) {
        const struct module *m = &v->module[i];
        json_t *e = json_pack("{s:o, s:o, s:o, s:o, s:s, s:o}", "name", json_safe(m->name), "guid", json_guid(m->guid),
                              "base", json_hex(m->base), "size", json_hex(m->size), "phase",
                              phase_name(timeline_phase_at(&v->timeline, m->first)), "first", json_timepoint(m->first));
        if (json_array_append_new(list, e) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *json_findings(const struct findings *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->nr; i++)
        if (json_array_append_new(list, json_finding(&f->f[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

/* The text only when asked for: it is long, and not part of the verdict. */
static json_t *json_log(const char *bytes, size_t size, bool truncated, bool with_text)
{
    json_t *text = !with_text ? json_null() : json_safe_n(bytes != NULL ? bytes : "", bytes != NULL ? size : 0, true);
    return json_pack("{s:I, s:b, s:o}", "size", (json_int_t)size, "truncated", (int)truncated, "text", text);
}

static json_t *json_loader(const struct loader *l)
{
    if (l == NULL)
        return json_null();
    char sha[HASH_TEXT_SIZE];
    hash_format(l->sha256, sha);
    return json_pack("{s:o, s:I, s:s}", "name", json_safe(path_last(l->path)), "size", (json_int_t)l->size, "sha256",
                     sha);
}

static json_t *json_processors(const struct report_input *in)
{
    const struct verdict *v = in->verdict;
    json_t *counted = v->mp_processors != 0 ? json_integer((json_int_t)v->mp_processors) : json_null();
    return json_pack("{s:I, s:I, s:o}", "guest", (json_int_t)in->layout->vcpus, "started", (json_int_t)v->vcpus_started,
                     "in_hobs", counted);
}

/* Only when asked for: they are long. */
static json_t *json_last_blocks(const struct verdict *v, bool wanted)
{
    json_t *list = wanted ? json_array() : json_null();
    for (size_t i = 0; wanted && i < v->nr_last && i < LAST_BLOCKS_MAX; i++)
        if (json_array_append_new(list, json_place(&v->last[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *json_names(const struct symbols *s, const char *(*get)(const struct symbols *s, size_t i))
{
    json_t *list = json_array();
    const char *text;
    for (size_t i = 0; (text = get(s, i)) != NULL; i++)
        if (json_array_append_new(list, json_safe(text)) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

static json_t *json_symbols(const struct symbols *s)
{
    if (s == NULL)
        return json_null();
    return json_pack("{s:o, s:o}", "used", json_names(s, symbols_used), "notes", json_names(s, symbols_note));
}

static json_t *json_report(const struct report_input *in, const struct report_style *style)
{
    const struct verdict *v = in->verdict;
    json_t *dxe = v->hob_list != 0 ? json_pack("{s:o, s:o, s:o, s:o, s:o}", "hob_list", json_hex(v->hob_list),
                                               "dxe_entry", json_hex(v->dxe_entry), "rsp", json_hex(v->rsp), "core",
                                               json_place(&v->dxe), "dispatch", json_dispatch(v->dispatch))
                                   : json_null();
    static const char *const by[] = {NULL, "guest", "host"};
    json_t *work =
        json_pack("{s:I, s:I, s:s?, s:I, s:I, s:I}", "instructions", (json_int_t)v->instructions, "charged",
                  (json_int_t)v->charged, "decompressor", by[v->unpacked], "virtual_ns", (json_int_t)v->virtual_ns,
                  "exceptions", (json_int_t)v->exceptions, "software_interrupts", (json_int_t)v->software_interrupts);
    return json_pack(
        "{s:s, s:o, s:i, s:s, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, "
        "s:o, s:I, s:o, s:o, s:o, s:o, s:o, "
        "s:{s:s, s:s}}",
        "schema", SCHEMA, "verdict", json_verdict(in->exit_code), "exit_code", in->exit_code, "ending",
        ending_name(v->ending), "detail", json_safe(v->detail), "phase", phase_name(v->phase), "handoff", in->handoff,
        "loader", json_loader(in->loader), "image", json_image(in->image), "layout", json_layout(in->layout), "memory",
        json_memory(in->guest), "work", work, "processors", json_processors(in), "dxe", dxe, "hobs", json_hobs(v),
        "paging", json_paging(v), "memory_map", json_memory_map(v), "known", json_known(v), "modules", json_modules(v),
        "timeline", json_timeline(v), "hypercalls", json_hypercalls(v), "written", json_written(v), "findings",
        json_findings(&v->findings), "findings_dropped", (json_int_t)v->findings.dropped, "fill",
        json_fill(in->compared), "debug_log",
        json_log(v->debug_log, v->debug_log_size, v->debug_log_truncated, style->verbose > 0), "console_log",
        json_log(v->console.text, v->console.size, v->console.truncated, style->verbose > 0), "last_blocks",
        json_last_blocks(v, style->verbose > 0), "symbols", json_symbols(in->symbols), "engine", "name", "unicorn",
        "version", in->engine_version);
}

bool report_json_write(const struct report_input *in, const struct report_style *style, FILE *out)
{
    json_t *report = json_report(in, style);
    if (report == NULL)
        return false;
    (void)json_set_limits(report, &in->verdict->reached);
    if (report_tells_sandbox(style))
        (void)json_object_set_new(report, "sandbox", json_safe(style->sandbox));
    bool ok = json_dumpf(report, out, JSON_INDENT(2)) == 0;
    json_decref(report);
    return fputc('\n', out) != EOF && ok && ferror(out) == 0;
}
