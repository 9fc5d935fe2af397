/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gdb/script.h"

#include <inttypes.h>
#include <stdlib.h>

bool gdb_script_match(const struct machine *m, struct symbols *symbols, const struct module *mod,
                      struct symbols_match *out)
{
    const struct symbols_match *match = NULL;
    if (symbols == NULL || mod->gone)
        return false;
    uint8_t *bytes = malloc(mod->size);
    if (bytes != NULL && memory_read(&m->memory, mod->base, bytes, mod->size))
        match = symbols_for(symbols, &(struct debug_module){.name = mod->name,
                                                            .bytes = bytes,
                                                            .size = mod->size,
                                                            .base = mod->base,
                                                            .entry = (uint32_t)(mod->entry - mod->base)});
    free(bytes);
    if (match != NULL)
        *out = *match;
    return match != NULL;
}

/* In double quotes gdb takes a backslash, a quote and what a shell would for what they are. */
static void put_quoted(const char *text, FILE *out)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void gdb_script_module(const char *path, uint64_t bias, FILE *out)
{
    fputs("add-symbol-file ", out);
    put_quoted(path, out);
    fprintf(out, " -o 0x%" PRIx64 "\n", bias);
}

void gdb_script(const struct verdict *v, const struct machine *m, struct symbols *symbols, FILE *out)
{
    fputs("# Symbols of the modules that ran, where they lay: for gdb's `source`. Made by hvmbed run --gdb-script.\n"
          "set confirm off\n",
          out);
    for (size_t i = 0; i < v->nr_modules; i++) {
        const struct module *mod = &v->module[i];
        struct symbols_match match;
        const bool known = gdb_script_match(m, symbols, mod, &match);
        fprintf(out, "# %s at 0x%" PRIx64 "%s\n", mod->name, mod->base,
                known       ? ""
                : mod->gone ? ": unloaded since"
                            : ": no .debug file is what is there now");
        if (known)
            gdb_script_module(match.path, match.bias, out);
    }
    fputs("set confirm on\n", out);
}
