/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules as shared libraries (gdb's manual, appendix H): the client reads the .debug file of each at the address that it
 * was loaded to, and does so again when it is told of new ones, so that a breakpoint on a function of a module that has not
 * been loaded yet waits for it.
 */
#include "gdb/internal.h"
#include "gdb/script.h"

bool gdb_has_symbols(struct gdb_session *s, const struct module *mod, struct symbols_match *out)
{
    return gdb_script_match(s->m, s->symbols, mod, out);
}

static void put_escaped(const char *text, FILE *out)
{
    for (; *text != '\0'; text++)
        if (*text == '&' || *text == '<' || *text == '>' || *text == '"')
            fprintf(out, "&#%d;", *text);
        else
            fputc(*text, out);
}

void gdb_libraries(struct gdb_session *s, FILE *out)
{
    const struct verdict *v = s->mon->v;
    fputs("<library-list>", out);
    for (size_t i = 0; i < v->nr_modules; i++) {
        struct symbols_match match;
        if (!gdb_has_symbols(s, &v->module[i], &match))
            continue;
        fputs("<library name=\"", out);
        put_escaped(match.path, out);
        fprintf(out, "\"><segment address=\"0x%llx\"/></library>",
                (unsigned long long)(match.bias + debug_file_segment(match.file)));
    }
    fputs("</library-list>", out);
}
