/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gdb/registers.h"

#include <string.h>

/* gdb's manual, appendix G.5: what a feature of this name must hold, and in which order gdb's own descriptions have it. */
#define CORE "org.gnu.gdb.i386.core"
#define SSE "org.gnu.gdb.i386.sse"
#define SYSTEM "hvmbed.system"

#define GPR(name, i)                              \
    {                                             \
        name, 64, "int64", CORE, ENGINE_GPR + (i) \
    }
#define SEGMENT(name, r)           \
    {                              \
        name, 32, "int32", CORE, r \
    }
#define X87(name, r)             \
    {                            \
        name, 32, "int", CORE, r \
    }
#define ST(i)                                          \
    {                                                  \
        "st" #i, 80, "i387_ext", CORE, ENGINE_ST + (i) \
    }
#define XMM(i)                                         \
    {                                                  \
        "xmm" #i, 128, "vec128", SSE, ENGINE_XMM + (i) \
    }
#define BASE(name, r)              \
    {                              \
        name, 64, "int", SYSTEM, r \
    }

const struct gdb_register gdb_registers[] = {
    GPR("rax", 0),
    GPR("rbx", 3),
    GPR("rcx", 1),
    GPR("rdx", 2),
    GPR("rsi", 6),
    GPR("rdi", 7),
    {"rbp", 64, "data_ptr", CORE, ENGINE_GPR + 5},
    {"rsp", 64, "data_ptr", CORE, ENGINE_GPR + 4},
    GPR("r8", 8),
    GPR("r9", 9),
    GPR("r10", 10),
    GPR("r11", 11),
    GPR("r12", 12),
    GPR("r13", 13),
    GPR("r14", 14),
    GPR("r15", 15),
    {"rip", 64, "code_ptr", CORE, ENGINE_RIP},
    {"eflags", 32, "i386_eflags", CORE, ENGINE_FLAGS},
    SEGMENT("cs", ENGINE_CS),
    SEGMENT("ss", ENGINE_SS),
    SEGMENT("ds", ENGINE_DS),
    SEGMENT("es", ENGINE_ES),
    SEGMENT("fs", ENGINE_FS),
    SEGMENT("gs", ENGINE_GS),
    ST(0),
    ST(1),
    ST(2),
    ST(3),
    ST(4),
    ST(5),
    ST(6),
    ST(7),
    X87("fctrl", ENGINE_FCTRL),
    X87("fstat", ENGINE_FSTAT),
    X87("ftag", ENGINE_FTAG),
    X87("fiseg", ENGINE_FISEG),
    X87("fioff", ENGINE_FIOFF),
    X87("foseg", ENGINE_FOSEG),
    X87("fooff", ENGINE_FOOFF),
    X87("fop", ENGINE_FOP),
    XMM(0),
    XMM(1),
    XMM(2),
    XMM(3),
    XMM(4),
    XMM(5),
    XMM(6),
    XMM(7),
    XMM(8),
    XMM(9),
    XMM(10),
    XMM(11),
    XMM(12),
    XMM(13),
    XMM(14),
    XMM(15),
    {"mxcsr", 32, "i386_mxcsr", SSE, ENGINE_MXCSR},
    BASE("cs_base", ENGINE_CS_BASE),
    BASE("fs_base", ENGINE_FS_BASE),
    BASE("gs_base", ENGINE_GS_BASE),
    BASE("k_gs_base", ENGINE_K_GS_BASE),
    {"cr0", 64, "i386_cr0", SYSTEM, ENGINE_CR0},
    BASE("cr2", ENGINE_CR2),
    BASE("cr3", ENGINE_CR3),
    {"cr4", 64, "i386_cr4", SYSTEM, ENGINE_CR4},
    BASE("cr8", ENGINE_CR8),
    {"efer", 64, "i386_efer", SYSTEM, ENGINE_EFER},
};
const unsigned gdb_nr_registers = sizeof gdb_registers / sizeof gdb_registers[0];

/* --- the description -------------------------------------------------------------------------------------------- */

struct flags {
    const char *id, *feature;
    unsigned bytes;
    const char *bits; /* from bit 0 on, with commas between; nothing for what has no name */
};
static const struct flags flag_types[] = {
    {"i386_eflags", CORE, 4, "CF,,PF,,AF,,ZF,SF,TF,IF,DF,OF,,,NT,,RF,VM,AC,VIF,VIP,ID"},
    {"i386_mxcsr", SSE, 4, "IE,DE,ZE,OE,UE,PE,DAZ,IM,DM,ZM,OM,UM,PM,,,FZ"},
    {"i386_cr0", SYSTEM, 8, "PE,MP,EM,TS,ET,NE,,,,,,,,,,,WP,,AM,,,,,,,,,,,NW,CD,PG"},
    {"i386_cr4", SYSTEM, 8, "VME,PVI,TSD,DE,PSE,PAE,MCE,PGE,PCE,OSFXSR,OSXMMEXCPT,UMIP,,,,,,,,,SMEP,SMAP"},
    {"i386_efer", SYSTEM, 8, "SCE,,,,,,,,LME,,LMA,NXE"},
};

static void describe_flags(const struct flags *f, FILE *out)
{
    unsigned bit = 0;
    fprintf(out, "<flags id=\"%s\" size=\"%u\">", f->id, f->bytes);
    for (const char *p = f->bits;; bit++) {
        const size_t n = strcspn(p, ",");
        if (n != 0)
            fprintf(out, "<field name=\"%.*s\" start=\"%u\" end=\"%u\"/>", (int)n, p, bit, bit);
        if (p[n] == '\0')
            break;
        p += n + 1;
    }
    fputs("</flags>", out);
}

static void describe_types(const char *feature, FILE *out)
{
    if (strcmp(feature, SSE) == 0)
        fputs(
            "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/><vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>"
            "<vector id=\"v16i8\" type=\"int8\" count=\"16\"/><vector id=\"v8i16\" type=\"int16\" count=\"8\"/>"
            "<vector id=\"v4i32\" type=\"int32\" count=\"4\"/><vector id=\"v2i64\" type=\"int64\" count=\"2\"/>"
            "<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/><field name=\"v2_double\" type=\"v2d\"/>"
            "<field name=\"v16_int8\" type=\"v16i8\"/><field name=\"v8_int16\" type=\"v8i16\"/>"
            "<field name=\"v4_int32\" type=\"v4i32\"/><field name=\"v2_int64\" type=\"v2i64\"/>"
            "<field name=\"uint128\" type=\"uint128\"/></union>",
            out);
    for (size_t i = 0; i < sizeof flag_types / sizeof flag_types[0]; i++)
        if (strcmp(flag_types[i].feature, feature) == 0)
            describe_flags(&flag_types[i], out);
}

void gdb_describe(FILE *out)
{
    const char *feature = "";
    fputs("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
          "<target><architecture>i386:x86-64</architecture><osabi>none</osabi>",
          out);
    for (unsigned i = 0; i < gdb_nr_registers; i++) {
        const struct gdb_register *r = &gdb_registers[i];
        if (strcmp(feature, r->feature) != 0) {
            fprintf(out, "%s<feature name=\"%s\">", feature[0] != '\0' ? "</feature>" : "", r->feature);
            describe_types(r->feature, out);
            feature = r->feature;
        }
        fprintf(out, "<reg name=\"%s\" bitsize=\"%u\" type=\"%s\"/>", r->name, r->bits, r->type);
    }
    fputs("</feature></target>", out);
}
