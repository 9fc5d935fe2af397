/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small texts: filters of a trace, how far to boot, paths of sources, what is in packets; and texts of a guest made safe for
 * each report.
 */
#include "../fuzz.h"

#include "check/until.h"
#include "debug/folder.h"
#include "gdb/parse.h"
#include "report/escape.h"
#include "report/source.h"
#include "trace/filter.h"

static void add_filters(char *text)
{
    static struct trace_filter f;
    char *rest = text;
    trace_filter_defaults(&f);
    for (char *one; (one = strsep(&rest, "\n")) != NULL;)
        (void)trace_filter_add(&f, one);
    (void)trace_matches(&f, TRACE_READ, PHASE_PEI, "PeiCore", 0x1000, 1);
}

static void parse_packets(const char *text)
{
    const char *p = text;
    uint64_t at, n;
    struct gdb_point point;
    struct gdb_resume resume;
    uint8_t some[16];
    size_t nr;
    int id;
    (void)gdb_range(&p, &at, &n);
    p = text;
    (void)gdb_thread(&p, &id);
    (void)gdb_parse_point(text, &point);
    (void)gdb_parse_vcont(text, &resume);
    if (gdb_bytes(text, some, sizeof some, &nr) && nr > sizeof some)
        abort();
}

static void name_things(const char *text)
{
    char out[80], path[SOURCE_PATH_SIZE];
    struct until u, again;
    if (until_parse(text, &u)) {
        until_format(&u, out, sizeof out);
        until_name(&u, out, sizeof out);
        if (!until_parse(out, &again) || again.kind != u.kind)
            abort();
    }
    (void)source_relative(text, NULL, path);
    (void)source_relative(text, "/build/edk2", path);
    (void)source_relative("/build/edk2/MdePkg/A.c", text, path);
    folder_module_name(text, out, sizeof out);
}

/* Nothing that a terminal or parser acts on. */
static void check_plain(const char *text, size_t n, const char *but)
{
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~') && strchr(but, text[i]) == NULL)
            abort();
}

static void escape_all(const char *text, size_t n)
{
    static void (*const each[])(FILE *, const char *) = {escape_quoted, escape_tap};
    char *out = NULL;
    size_t size = 0;
    for (unsigned i = 0; i < 5; i++) {
        FILE *to = open_memstream(&out, &size);
        if (to == NULL)
            abort();
        if (i < 2)
            each[i](to, text);
        else if (i == 2)
            escape_xml(to, text, n, false);
        else
            escape_github(to, text, i == 3);
        if (fclose(to) != 0)
            abort();
        check_plain(out, size, i == 4 ? "\t" : "");
        free(out);
    }
    out = escape_bytes(text, n, true);
    if (out == NULL)
        abort();
    check_plain(out, strlen(out), "\n\t");
    free(out);
    out = escape_uri(text);
    if (out == NULL)
        abort();
    check_plain(out, strlen(out), "");
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    char *text = malloc(n + 1);
    if (text == NULL)
        abort();
    memcpy(text, bytes, n);
    text[n] = '\0';
    escape_all(text, n);
    parse_packets(text);
    name_things(text);
    add_filters(text);
    free(text);
    return 0;
}
