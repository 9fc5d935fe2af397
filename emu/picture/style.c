/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "picture/style.h"

#include "hob/hob.h"
#include "layout/e820.h"

enum pattern { PLAIN, RISING, FALLING, CROSSED, DOTTED, LEVEL, UPRIGHT };

static const struct {
    const char *title, *color;
    enum pattern pattern;
} fills[FILLS] = {
    [FILL_NONE] = {"", "none", PLAIN},
    [FILL_RAM] = {"RAM", "#009E73", PLAIN},
    [FILL_RESERVED] = {"reserved", "#CC79A7", CROSSED},
    [FILL_ACPI] = {"ACPI tables", "#E69F00", RISING},
    [FILL_NVS] = {"ACPI NVS", "#F0E442", FALLING},
    [FILL_MMIO] = {"MMIO, I/O", "#56B4E9", DOTTED},
    [FILL_UNUSABLE] = {"unusable", "#D55E00", LEVEL},
    [FILL_OTHER] = {"another kind", "#999999", UPRIGHT},
    [FILL_BOOT] = {"allocated until the OS", "#56B4E9", PLAIN},
    [FILL_RUNTIME] = {"allocated for good", "#E69F00", RISING},
    [FILL_GIVEN_BACK] = {"given back", "#999999", DOTTED},
    [FILL_FREE] = {"free: the firmware's to use", "#009E73", PLAIN},
    [FILL_NULL] = {"page 0", "#999999", CROSSED},
    [FILL_LIVE] = {"to be read first (live)", "#56B4E9", LEVEL},
    [FILL_PRESERVED] = {"to be kept for the OS", "#E69F00", RISING},
    [FILL_XEN] = {"reserved, or Xen's", "#CC79A7", CROSSED},
    [FILL_IMAGE] = {"the firmware's image", "#0072B2", UPRIGHT},
    [FILL_DEVICE] = {"device registers", "#F0E442", DOTTED},
    [FILL_LOADER] = {"first stage", "#999999", PLAIN},
    [FILL_SEC] = {"SEC", "#56B4E9", PLAIN},
    [FILL_PEI] = {"PEI", "#E69F00", RISING},
    [FILL_MEMORY] = {"PEI-mem", "#009E73", LEVEL},
    [FILL_DXE] = {"DXE", "#CC79A7", DOTTED},
    [FILL_UNPACK] = {"SEC's decompressor", "#0072B2", FALLING},
};

const char *fill_title(enum fill f)
{
    return fills[f].title;
}

const char *fill_group(enum fill f)
{
    static const char *const names[FILLS] = {
        [FILL_RAM] = "memory", [FILL_BOOT] = "allocations", [FILL_FREE] = "owners", [FILL_LOADER] = "phases"};
    return names[f];
}

enum fill fill_of_class(enum plan_class c)
{
    static const enum fill of[CLASS_COUNT] = {
        [CLASS_FREE] = FILL_FREE,           [CLASS_NULL] = FILL_NULL,    [CLASS_LIVE] = FILL_LIVE,
        [CLASS_PRESERVED] = FILL_PRESERVED, [CLASS_RESERVED] = FILL_XEN, [CLASS_IMAGE] = FILL_IMAGE,
        [CLASS_DEVICE] = FILL_DEVICE,       [CLASS_HOLE] = FILL_NONE,
    };
    return (unsigned)c < CLASS_COUNT ? of[c] : FILL_OTHER;
}

enum fill fill_of_phase(enum phase p)
{
    static const enum fill of[STAGES] = {[PHASE_SEC] = FILL_SEC,
                                         [PHASE_PEI] = FILL_PEI,
                                         [PHASE_MEMORY] = FILL_MEMORY,
                                         [PHASE_DXE] = FILL_DXE,
                                         [PHASE_LOADER] = FILL_LOADER};
    return (unsigned)p < STAGES ? of[p] : FILL_OTHER;
}

enum fill fill_of_e820(uint32_t type)
{
    static const enum fill of[] = {
        [E820_TYPE_RAM] = FILL_RAM, [E820_TYPE_RESERVED] = FILL_RESERVED, [E820_TYPE_ACPI] = FILL_ACPI,
        [E820_TYPE_NVS] = FILL_NVS, [E820_TYPE_UNUSABLE] = FILL_UNUSABLE,
    };
    return type < sizeof of / sizeof of[0] && of[type] != FILL_NONE ? of[type] : FILL_OTHER;
}

enum fill fill_of_resource(unsigned kind)
{
    static const enum fill of[] = {
        [HOB_RESOURCE_RAM] = FILL_RAM,           [HOB_RESOURCE_MMIO] = FILL_MMIO,
        [HOB_RESOURCE_IO] = FILL_OTHER,          [HOB_RESOURCE_FIRMWARE] = FILL_MMIO,
        [HOB_RESOURCE_MMIO_PORT] = FILL_MMIO,    [HOB_RESOURCE_RESERVED] = FILL_RESERVED,
        [HOB_RESOURCE_IO_RESERVED] = FILL_OTHER,
    };
    return kind < sizeof of / sizeof of[0] ? of[kind] : FILL_OTHER;
}

/* EFI_MEMORY_TYPE: UEFI specification, 7.2. */
enum fill fill_of_memory(unsigned kind)
{
    static const enum fill of[] = {FILL_RESERVED, FILL_BOOT,    FILL_BOOT,       FILL_BOOT,     FILL_BOOT,
                                   FILL_RUNTIME,  FILL_RUNTIME, FILL_GIVEN_BACK, FILL_UNUSABLE, FILL_ACPI,
                                   FILL_NVS,      FILL_MMIO,    FILL_MMIO};
    return kind < sizeof of / sizeof of[0] ? of[kind] : FILL_OTHER;
}

void style_rect(FILE *out, enum fill f, int x, int y, int width, int height)
{
    fprintf(out, "<rect class=\"box f%d\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", (int)f, x, y, width, height);
    if (fills[f].pattern != PLAIN)
        fprintf(out, "<rect fill=\"url(#p%d)\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", (int)fills[f].pattern,
                x, y, width, height);
}

void style_defs(FILE *out)
{
    static const struct {
        enum pattern pattern;
        const char *path;
    } patterns[] = {
        {RISING, "M-1,7 7,-1M-1,1 1,-1M5,7 7,5"},
        {FALLING, "M-1,-1 7,7M5,-1 7,1M-1,5 1,7"},
        {CROSSED, "M-1,7 7,-1M-1,-1 7,7"},
        {DOTTED, "M2,3h2M5,0h1M0,0h1M5,6h1M0,6h1"},
        {LEVEL, "M0,3h6"},
        {UPRIGHT, "M3,0v6"},
    };
    fputs("<defs>", out);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        fprintf(out,
                "<pattern id=\"p%d\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path d=\"%s\" "
                "fill=\"none\" stroke=\"#000\" stroke-width=\"1.2\" stroke-opacity=\".7\"/></pattern>\n",
                (int)patterns[i].pattern, patterns[i].path);
    fputs("</defs>\n", out);
}

void style_sheet(FILE *out)
{
    fputs(
        "svg text{font:11px ui-monospace,'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace;fill:#1a1a1a}\n"
        "svg text.h{font-weight:bold;font-size:13px}\nsvg text.n{fill:#555}\n"
        "svg .box{stroke:#333;stroke-width:.7}\nsvg .lead{stroke:#777;stroke-width:.7;fill:none}\n"
        "svg .tick{stroke:#111;stroke-width:1.5}\nsvg .paper{fill:#fff}\n"
        "svg .badge{fill:#fff;stroke:#b34700;stroke-width:2}\nsvg .badge.warning{stroke:#8a6100;stroke-dasharray:4 2}\n"
        "svg .badge.note{stroke:#555;stroke-dasharray:1 2}\nsvg text.b{font-weight:bold;text-anchor:middle}\n",
        out);
    for (unsigned i = 0; i < FILLS; i++)
        fprintf(out, "svg .f%u{fill:%s}%s", i, fills[i].color, i % 6 == 5 ? "\n" : "");
    fputs("\n@media screen and (prefers-color-scheme:dark){svg text{fill:#ececec}svg text.n{fill:#b5b5b5}"
          "svg .box{stroke:#ddd}svg .lead{stroke:#999}svg .tick{stroke:#fff}svg .paper{fill:#161616}"
          "svg .badge{fill:#161616;stroke:#ff9a4d}svg .badge.warning{stroke:#e6b34d}svg .badge.note{stroke:#bbb}}\n",
          out);
}
