/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an address to function and source line. */
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debug/internal.h"

#define SYMBOLS_MAX (1u << 20)
#define ENTRIES_MAX (1u << 20)

static void copy(char *out, size_t room, const char *text)
{
    (void)snprintf(out, room, "%s", text != NULL ? text : "");
}

/* The unit around @address, by the table of ranges or, where that is missing, one by one. */
static bool find_unit(Dwarf *dwarf, Dwarf_Addr address, Dwarf_Die *unit)
{
    if (dwarf_addrdie(dwarf, address, unit) != NULL)
        return true;
    Dwarf_CU *cu = NULL;
    Dwarf_Die sub;
    uint8_t type;
    while (dwarf_get_units(dwarf, cu, &cu, NULL, &type, unit, &sub) == 0)
        if (dwarf_haspc(unit, address) == 1)
            return true;
    return false;
}

/* The entry below @die, or beside it, that covers @address. */
static bool covers(Dwarf_Die *die, Dwarf_Addr address)
{
    int tag = dwarf_tag(die);
    return (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block) &&
           dwarf_haspc(die, address) == 1;
}

/*
 * From the unit inwards. (dwarf_getscopes gives up at the first entry without an address, which link-time optimisation
 * leaves many of.)
 */
static void find_functions(Dwarf_Die *unit, Dwarf_Addr address, struct source_place *out)
{
    Dwarf_Die at = *unit;
    Dwarf_Die child;
    unsigned budget = ENTRIES_MAX; /* a sibling's address may lead back */
    while (dwarf_child(&at, &child) == 0) {
        while (!covers(&child, address))
            if (budget-- == 0 || dwarf_siblingof(&child, &child) != 0)
                return;
        at = child;
        int tag = dwarf_tag(&at);
        if (tag == DW_TAG_subprogram && out->function[0] == '\0')
            copy(out->function, sizeof out->function, dwarf_diename(&at));
        else if (tag == DW_TAG_inlined_subroutine)
            copy(out->inlined, sizeof out->inlined, dwarf_diename(&at));
    }
}

static void find_line(Dwarf_Die *unit, Dwarf_Addr address, struct source_place *out)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, address);
    int nr = 0;
    if (line == NULL || dwarf_lineno(line, &nr) != 0 || nr <= 0)
        return;
    const char *file = dwarf_linesrc(line, NULL, NULL);
    if (file == NULL)
        return;
    copy(out->file, sizeof out->file, file);
    out->line = (unsigned)nr;
}

/* Assembly has no functions in DWARF: the nearest symbol below, in the same section. */
static void find_symbol(struct debug_file *f, uint64_t address, struct source_place *out)
{
    for (Elf_Scn *s = NULL; (s = elf_nextscn(f->elf, s)) != NULL;) {
        GElf_Shdr h;
        if (gelf_getshdr(s, &h) == NULL || h.sh_type != SHT_SYMTAB || h.sh_entsize == 0)
            continue;
        Elf_Data *data = elf_getdata(s, NULL);
        uint64_t best = 0;
        for (unsigned i = 0; data != NULL && i < h.sh_size / h.sh_entsize && i < SYMBOLS_MAX; i++) {
            GElf_Sym sym;
            GElf_Shdr in;
            if (gelf_getsym(data, (int)i, &sym) == NULL)
                break;
            int type = GELF_ST_TYPE(sym.st_info);
            if ((type != STT_FUNC && type != STT_NOTYPE) || sym.st_value > address || sym.st_value < best ||
                (sym.st_size != 0 && address - sym.st_value >= sym.st_size))
                continue;
            const char *name = elf_strptr(f->elf, h.sh_link, sym.st_name);
            Elf_Scn *section = elf_getscn(f->elf, sym.st_shndx);
            if (name == NULL || name[0] == '\0' || name[0] == '.' || section == NULL ||
                gelf_getshdr(section, &in) == NULL || (in.sh_flags & SHF_EXECINSTR) == 0 ||
                address - in.sh_addr >= in.sh_size)
                continue;
            best = sym.st_value;
            copy(out->function, sizeof out->function, name);
        }
        return;
    }
}

bool debug_file_place(struct debug_file *f, uint64_t address, struct source_place *out)
{
    Dwarf_Die unit;
    memset(out, 0, sizeof *out);
    Dwarf *dwarf = debug_file_dwarf(f);
    if (dwarf != NULL && find_unit(dwarf, address, &unit)) {
        find_functions(&unit, address, out);
        find_line(&unit, address, out);
    }
    if (out->function[0] == '\0')
        find_symbol(f, address, out);
    return out->function[0] != '\0' || out->line != 0;
}
