/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "debug/lines.h"

#include <dwarf.h>
#include <string.h>

#include "debug/internal.h"
#include "debug/line_program.h"

#define UNITS_MAX 65536u
#define ENTRIES_MAX (1u << 22)
#define DEPTH_MAX 64u
#define PIECES_MAX 4096

struct walk {
    struct debug_file *f;
    const struct debug_listener *to;
    unsigned budget; /* entries that may still be looked at: a sibling's address may lead back */
};

static bool is_code(const struct debug_file *f, Dwarf_Addr address)
{
    for (Elf_Scn *s = NULL; (s = elf_nextscn(f->elf, s)) != NULL;) {
        GElf_Shdr h;
        if (gelf_getshdr(s, &h) != NULL && h.sh_type == SHT_PROGBITS && (h.sh_flags & SHF_EXECINSTR) != 0 &&
            address - h.sh_addr < h.sh_size)
            return true;
    }
    return false;
}

/* The next piece of code of @die; 0 at the end. What was thrown out lies at 0 or 1, where no code is, and is left out. */
static ptrdiff_t next_piece(const struct walk *w, Dwarf_Die *die, ptrdiff_t at, Dwarf_Addr *base, struct span *out)
{
    for (unsigned i = 0; i < PIECES_MAX; i++) {
        Dwarf_Addr start, end;
        at = dwarf_ranges(die, at, base, &start, &end);
        if (at <= 0)
            return 0;
        if (start < end && is_code(w->f, start)) {
            *out = (struct span){start, end};
            return at;
        }
    }
    return 0;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

struct unit_lines {
    const struct walk *w;
    Dwarf_Files *files;
    size_t nr_files;
};

static void on_sequence(void *self, const struct line_row *row, size_t nr, uint64_t end)
{
    const struct unit_lines *u = self;
    if (!is_code(u->w->f, row[0].address))
        return;
    /* Several rows may share an address: each lasts until the next higher one. */
    for (size_t i = nr; i-- > 0;) {
        if (i + 1 < nr && row[i + 1].address > row[i].address)
            end = row[i + 1].address;
        const char *file = row[i].file < u->nr_files ? dwarf_filesrc(u->files, row[i].file, NULL, NULL) : NULL;
        const struct debug_line l = {file, (unsigned)row[i].line, {row[i].address, end}};
        if (file != NULL && row[i].line != 0 && row[i].line <= INT32_MAX && end > row[i].address)
            u->w->to->line(u->w->to->self, &l);
    }
}

/* NULL where there is none, or it is compressed: edk2 makes none such. */
static const Elf_Data *line_section(const struct debug_file *f)
{
    size_t names;
    if (elf_getshdrstrndx(f->elf, &names) != 0)
        return NULL;
    for (Elf_Scn *s = NULL; (s = elf_nextscn(f->elf, s)) != NULL;) {
        GElf_Shdr h;
        const char *name = gelf_getshdr(s, &h) != NULL ? elf_strptr(f->elf, names, h.sh_name) : NULL;
        if (name != NULL && strcmp(name, ".debug_line") == 0)
            return (h.sh_flags & SHF_COMPRESSED) == 0 ? elf_rawdata(s, NULL) : NULL;
    }
    return NULL;
}

static void unit_lines(const struct walk *w, const Elf_Data *section, Dwarf_Die *unit)
{
    struct unit_lines u = {.w = w};
    Dwarf_Attribute attr;
    Dwarf_Word offset;
    if (section == NULL || section->d_buf == NULL || dwarf_getsrcfiles(unit, &u.files, &u.nr_files) != 0 ||
        dwarf_attr(unit, DW_AT_stmt_list, &attr) == NULL || dwarf_formudata(&attr, &offset) != 0)
        return;
    (void)line_program_read(section->d_buf, section->d_size, offset, on_sequence, &u);
}

/* --- functions ---------------------------------------------------------------------------------------------------- */

static void tell_function(const struct walk *w, Dwarf_Die *die, bool inlined)
{
    struct debug_function fn = {.name = dwarf_diename(die), .file = dwarf_decl_file(die), .inlined = inlined};
    int line = 0;
    Dwarf_Addr base;
    if (fn.name == NULL || fn.file == NULL || dwarf_decl_line(die, &line) != 0 || line <= 0)
        return;
    fn.line = (unsigned)line;
    for (ptrdiff_t at = 0; (at = next_piece(w, die, at, &base, &fn.code)) > 0;)
        w->to->function(w->to->self, &fn);
}

static void functions_below(struct walk *w, Dwarf_Die *die, unsigned depth) /* NOLINT(misc-no-recursion): DEPTH_MAX */
{
    Dwarf_Die at;
    if (depth == DEPTH_MAX || dwarf_child(die, &at) != 0)
        return;
    do {
        if (w->budget == 0)
            return;
        w->budget--;
        const int tag = dwarf_tag(&at);
        if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine)
            tell_function(w, &at, tag == DW_TAG_inlined_subroutine);
        if (tag == DW_TAG_subprogram || tag == DW_TAG_inlined_subroutine || tag == DW_TAG_lexical_block)
            functions_below(w, &at, depth + 1);
    } while (dwarf_siblingof(&at, &at) == 0);
}

bool debug_file_lines(struct debug_file *f, const struct debug_listener *to)
{
    Dwarf *dwarf = debug_file_dwarf(f);
    struct walk w = {.f = f, .to = to, .budget = ENTRIES_MAX};
    const Elf_Data *section = line_section(f);
    Dwarf_CU *cu = NULL;
    Dwarf_Die unit, sub;
    uint8_t type;
    if (dwarf == NULL)
        return false;
    for (unsigned i = 0; i < UNITS_MAX && dwarf_get_units(dwarf, cu, &cu, NULL, &type, &unit, &sub) == 0; i++) {
        unit_lines(&w, section, &unit);
        functions_below(&w, &unit, 0);
    }
    return true;
}
