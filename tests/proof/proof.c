/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is the synthetic hand-off true? Boots one guest both ways to the firmware's first instruction and compares all that
 * a firmware can see. What may differ is the table below, each line with its reason; a line that nothing needs is an
 * error too. Usage: proof [-f FILL] LAYOUT FIRMWARE HVMLOADER; exit 0 equal but for the table, 1 not, 2 cannot be run.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "engine/internal.h"
#include "machine/machine.h"
#include "xen/abi.h"
#include "xen/builder.h"

#define RESET_VECTOR 0xFFFF0u
#define MSRS 0x400u
#define LAPIC_REGS_END 0x400u
#define IOAPIC_REGS 0x70u
#define HPET_REGS_END 0x160u
#define PCI_FUNCTIONS 256u
#define PCI_CONFIG 256u

struct bed {
    struct layout layout;
    struct guest_memory guest;
    struct image image;
    struct loader loader; /* the real side's */
    struct plan plan;
    struct machine machine;
    bool standing; /* the machine is to be taken down */
    bool arrived;
};

/* --- getting there ------------------------------------------------------------------------------------------------ */

static void on_block(void *self, const struct engine_block *b)
{
    struct bed *s = self;
    if (b->pc != RESET_VECTOR || s->machine.vcpus.current != 0 ||
        (engine_get(s->machine.engine, UC_X86_REG_CR0) & 1) != 0)
        return;
    s->arrived = true;
    machine_stop(&s->machine);
}

static const struct machine_watcher watcher = {.new_block = on_block};

static bool stand(struct bed *s, const struct handoff *h, const struct layout *l, const char *firmware,
                  const char *hvmloader, struct diag *d)
{
    struct cpu_entry entry = {0};
    s->layout = *l;
    if (!image_load(firmware, &s->image, d) || !layout_resolve(&s->layout, s->image.size, &s->guest, d) ||
        (h->first_stage && !loader_load(hvmloader, &s->loader, d)))
        return false;
    plan_init(&s->plan, guest_top(&s->guest));
    if (!h->plan(&s->layout, &s->guest, &s->image, &s->plan, &entry, d) || !plan_seal(&s->plan, d))
        return false;
    if (h->first_stage)
        builder_entry(&s->loader, &s->image, &entry);
    if (!machine_init(&s->machine, &s->layout, &s->guest, &s->plan, &entry, false, h->first_stage, d))
        return false;
    s->standing = true;
    s->arrived = !h->first_stage;
    if (s->arrived)
        return true;
    machine_watch(&s->machine, &watcher, s);
    if (!builder_fill(&s->machine.memory, &s->layout, &s->guest, &s->image, &s->loader, d))
        return false;
    const bool ran = machine_run(&s->machine);
    if (ran && s->arrived && engine_pc(s->machine.engine) == RESET_VECTOR)
        return machine_firmware_entered(&s->machine);
    return diag_fail(d, hvmloader, 0, "it did not come to the firmware, but to %#" PRIx64,
                     engine_pc(s->machine.engine));
}

static void take_down(struct bed *s)
{
    if (s->standing)
        machine_exit(&s->machine);
    plan_exit(&s->plan);
    image_free(&s->image);
    loader_free(&s->loader);
}

/* --- what may differ ---------------------------------------------------------------------------------------------- */

enum area {
    MEMORY,   /* by gpa, a byte each */
    PRESENCE, /* by gpa, a page each: is there RAM? */
    ACPI,     /* a table's number in the root table << 16 | offset in it */
    CMOS,
    MSR,
    LAPIC,
    IOAPIC,
    HPET,
    PCI, /* devfn << 8 | register */
    PORT,
    CPU,   /* enum below */
    PARAM, /* HVM parameters */
    XEN,   /* enum below */
    AREAS
};
static const char *const area_name[AREAS] = {
    "memory", "page", "ACPI", "CMOS", "MSR", "LAPIC", "IOAPIC", "HPET", "PCI", "port", "CPU", "HVM param", "Xen",
};

#define SPANS_MAX 4

struct exception {
    enum area area;
    const char *what, *why;
    bool acpi; /* only of guests that have ACPI tables */
    bool madt; /* and a MADT among them */
    struct span at[SPANS_MAX];
    struct span (*where)(const struct bed *real); /* instead of @at, where it depends on guest or loader */
    uint64_t seen;
};

static struct span loader_at(const struct bed *real)
{
    return real->loader.at;
}
static struct span module_at(const struct bed *real)
{
    const uint64_t at = page_up(real->loader.at.end);
    return (struct span){at, at + real->image.size};
}
static struct span start_info_at(const struct bed *real)
{
    const uint64_t at = page_up(module_at(real).end);
    return (struct span){at, at + PAGE_SIZE};
}
/* The third string of the first structure: "Xen", Xen's version, the date. */
static struct span date_at(const struct bed *real)
{
    uint8_t b[64];
    const uint64_t at = HVMLOADER_SMBIOS + 0x1F;
    if (!memory_read(&real->machine.memory, at, b, sizeof b) || b[0] != 0 || b[1] != 24)
        return (struct span){0, 0};
    const char *vendor = (const char *)b + 24, *version = vendor + strlen(vendor) + 1;
    const uint64_t date = at + (uint64_t)(version + strlen(version) + 1 - (const char *)b);
    return (struct span){date, date + sizeof "mm/dd/yyyy" - 1};
}
/* From the DSDT's length on; its signature and the FACS before it are equal. */
static struct span tables_at(const struct bed *real)
{
    return (struct span){ACPI_TABLES + 0x44, ACPI_TABLES + ((uint64_t)real->guest.acpi_pages << PAGE_SHIFT)};
}

static struct exception exceptions[] = {
    {MEMORY, "hvmloader itself", "its code, data and stack are dead when the firmware starts, and free RAM",
     .where = loader_at},
    {MEMORY, "the module behind it", "the image as the builder loaded it; hvmloader has copied it to below 4 GiB",
     .where = module_at},
    {MEMORY, "the start info behind that", "for hvmloader; its pointer is lost", .where = start_info_at},
    {MEMORY, "SMBIOS: release date", "says when that hvmloader was built", .where = date_at},
    {MEMORY, "ACPI: DSDT and what follows", "the synthetic DSDT is a stub, so all lies elsewhere; compared as tables",
     .acpi = true, .where = tables_at},
    {MEMORY, "ACPI: RSDP", "its two pointers follow the tables, its two checksums the pointers", .acpi = true,
     .at = {{0xEA028, 0xEA029}, {0xEA030, 0xEA034}, {0xEA038, 0xEA040}, {0xEA040, 0xEA041}}},
    {MEMORY, "ACPI: info", "its two pointers into the MADT follow the tables", .acpi = true, .madt = true,
     .at = {{ACPI_INFO_PAGE + 12, ACPI_INFO_PAGE + 20}}},
    {MSR, "TSC", "hvmloader takes a few milliseconds, which the synthetic guest does not spend", .at = {{0x10, 0x11}}},
};
#define NR_EXCEPTIONS (sizeof exceptions / sizeof exceptions[0])

/* --- telling ------------------------------------------------------------------------------------------------------ */

struct comparison {
    struct bed *synthetic, *real;
    uint64_t bad;
    /* Neighbouring differences are told as one: where, and the values at its start. */
    enum area area;
    struct span run;
    uint64_t a, b;
};

static void tell(struct comparison *c)
{
    if (c->run.end == c->run.start)
        return;
    const bool is_memory = c->area == MEMORY || c->area == PRESENCE;
    const struct plan_range *r = is_memory ? plan_find(&c->synthetic->plan, c->run.start) : NULL;
    printf("%s %#" PRIx64 "-%#" PRIx64 ": synthetic %#" PRIx64 ", real %#" PRIx64 "%s%s\n", area_name[c->area],
           c->run.start, c->run.end, c->a, c->b, r != NULL ? ", of " : "", r != NULL ? r->owner : "");
    c->run = (struct span){0, 0};
}

static bool excepted(enum area area, uint64_t at)
{
    for (struct exception *e = exceptions; e < exceptions + NR_EXCEPTIONS; e++)
        for (size_t i = 0; i < SPANS_MAX && e->area == area; i++)
            if (span_has(e->at[i], at)) {
                e->seen++;
                return true;
            }
    return false;
}

static void compare(struct comparison *c, enum area area, uint64_t at, uint64_t width, uint64_t a, uint64_t b)
{
    if (a == b || excepted(area, at))
        return;
    c->bad++;
    if (c->run.end != c->run.start && c->area == area && at >= c->run.end && at - c->run.end < 16 * width) {
        c->run.end = at + width;
        return;
    }
    tell(c);
    c->area = area;
    c->run = (struct span){at, at + width};
    c->a = a;
    c->b = b;
}

/* Each line of the table must be needed, or it comes off. */
static void check_exceptions(struct comparison *c)
{
    for (const struct exception *e = exceptions; e < exceptions + NR_EXCEPTIONS; e++) {
        if (e->seen != 0) {
            printf("excepted: %s, %" PRIu64 " differ%s: %s\n", e->what, e->seen, e->seen == 1 ? "s" : "", e->why);
        } else if ((!e->acpi || c->real->layout.acpi) && (!e->madt || c->real->layout.dev.apic)) {
            printf("not needed any more: %s\n", e->what);
            c->bad++;
        }
    }
}

/* --- memory ------------------------------------------------------------------------------------------------------- */

static const uint8_t zeroes[PAGE_SIZE];

/* The page's bytes; NULL when nothing is there. */
static const uint8_t *page_at(const struct bed *s, uint64_t gpa)
{
    return p2m_has(&s->machine.xen, gpa) ? memory_hva(&s->machine.memory, gpa) : NULL;
}

/*
 * Pages of the host's mapping that nobody has touched read as zero and need not be looked at: 8 GiB are mostly that.
 * The kernel's table is read in pieces; without it every page is compared.
 */
#define PIECE 8192u
struct touched {
    FILE *pagemap;
    uint64_t first, nr; /* pages of the guest that @entry tells of */
    uint64_t entry[PIECE];
};

static bool untouched(struct touched *t, const struct bed *s, uint64_t gpa)
{
    const uint64_t page = gpa / PAGE_SIZE;
    if (t == NULL || t->pagemap == NULL || s->layout.fill != 0 || memory_override(&s->machine.memory, gpa) != NULL)
        return false;
    if (page - t->first >= t->nr) {
        const uint64_t host = (uint64_t)(uintptr_t)s->machine.memory.base / PAGE_SIZE + page;
        t->first = page;
        t->nr = fseeko(t->pagemap, (off_t)(host * sizeof t->entry[0]), SEEK_SET) == 0
                    ? fread(t->entry, sizeof t->entry[0], PIECE, t->pagemap)
                    : 0;
    }
    return page - t->first < t->nr && t->entry[page - t->first] >> 62 == 0; /* neither present nor swapped */
}

static void compare_page(struct comparison *c, struct touched *ta, struct touched *tb, uint64_t gpa)
{
    const uint8_t *a = page_at(c->synthetic, gpa), *b = page_at(c->real, gpa);
    compare(c, PRESENCE, gpa, PAGE_SIZE, a != NULL, b != NULL);
    if (a == NULL || b == NULL)
        return;
    if (untouched(ta, c->synthetic, gpa))
        a = zeroes;
    if (untouched(tb, c->real, gpa))
        b = zeroes;
    if (a == b || memcmp(a, b, PAGE_SIZE) == 0)
        return;
    for (uint64_t i = 0; i < PAGE_SIZE; i++)
        compare(c, MEMORY, gpa + i, 1, a[i], b[i]);
}

/* May the next GiB be passed over? Both sides have it as one range of RAM, and nobody has touched a page of it. */
static bool skip_gib(struct touched *t, const struct bed *s, uint64_t gpa)
{
    static uint64_t entry[GIB / PAGE_SIZE];
    const struct plan_range *r = plan_find(&s->plan, gpa);
    const struct span here = {gpa, gpa + GIB};
    if (gpa % GIB != 0 || t->pagemap == NULL || s->layout.fill != 0 || r == NULL || r->kind != PLAN_RAM ||
        r->bytes != NULL || r->at.end < here.end)
        return false;
    for (size_t i = 0; i < s->machine.memory.nr_over; i++)
        if (span_overlaps(here, s->machine.memory.over[i].at))
            return false;
    const uint64_t host = (uint64_t)(uintptr_t)s->machine.memory.base / PAGE_SIZE + gpa / PAGE_SIZE;
    if (fseeko(t->pagemap, (off_t)(host * sizeof entry[0]), SEEK_SET) != 0 ||
        fread(entry, sizeof entry[0], GIB / PAGE_SIZE, t->pagemap) != GIB / PAGE_SIZE)
        return false;
    t->nr = 0; /* the file has moved on */
    for (size_t i = 0; i < GIB / PAGE_SIZE; i++)
        if (entry[i] >> 62 != 0)
            return false;
    return true;
}

static void compare_memory(struct comparison *c)
{
    static struct touched ta, tb;
    ta.pagemap = fopen("/proc/self/pagemap", "rb");
    tb.pagemap = fopen("/proc/self/pagemap", "rb");
    for (uint64_t gpa = 0; gpa < c->synthetic->plan.top; gpa += PAGE_SIZE) {
        if (skip_gib(&ta, c->synthetic, gpa) && skip_gib(&tb, c->real, gpa))
            gpa += GIB - PAGE_SIZE;
        else
            compare_page(c, &ta, &tb, gpa);
    }
    if (ta.pagemap != NULL)
        (void)fclose(ta.pagemap);
    if (tb.pagemap != NULL)
        (void)fclose(tb.pagemap);
}

/* --- ACPI, as its readers see it ---------------------------------------------------------------------------------- */

#define TABLES_MAX 16
#define TABLE_HEADER 36u
#define TABLE_SIZE_MAX 0x10000u

struct table {
    uint64_t gpa;
    uint32_t length;
    uint8_t *bytes; /* owned */
};

/* Its checksum must be right; a FACS has none. */
static bool read_table(const struct bed *s, uint64_t gpa, struct table *t)
{
    uint8_t h[8], sum = 0;
    *t = (struct table){.gpa = gpa};
    if (!memory_read(&s->machine.memory, gpa, h, sizeof h))
        return false;
    t->length = le32(h + 4);
    if (t->length < sizeof h || t->length > TABLE_SIZE_MAX)
        return false;
    t->bytes = malloc(t->length);
    if (t->bytes == NULL || !memory_read(&s->machine.memory, gpa, t->bytes, t->length))
        return false;
    for (uint32_t i = 0; i < t->length; i++)
        sum = (uint8_t)(sum + t->bytes[i]);
    return sum == 0 || memcmp(h, "FACS", 4) == 0;
}

/* The root table and what it names; the FADT's FACS and DSDT come last. 0: something is wrong. */
static size_t read_tables(const struct bed *s, bool xsdt, struct table out[TABLES_MAX])
{
    uint8_t rsdp[36];
    const size_t width = xsdt ? 8 : 4;
    if (!memory_read(&s->machine.memory, HVMLOADER_RSDP, rsdp, sizeof rsdp) ||
        !read_table(s, xsdt ? le64(rsdp + 24) : le32(rsdp + 16), &out[0]) || out[0].length < TABLE_HEADER)
        return 0;
    size_t nr = 1;
    for (size_t at = TABLE_HEADER; at + width <= out[0].length && nr < TABLES_MAX - 2; at += width)
        if (!read_table(s, xsdt ? le64(out[0].bytes + at) : le32(out[0].bytes + at), &out[nr++]))
            return 0;
    const struct table *fadt = &out[1];
    if (nr < 2 || fadt->length < 44 || memcmp(fadt->bytes, "FACP", 4) != 0 ||
        !read_table(s, le32(fadt->bytes + 36), &out[nr++]) || !read_table(s, le32(fadt->bytes + 40), &out[nr++]))
        return 0;
    return nr;
}

/* Blots out what says where other tables lie, and what follows from it. */
static void forget_places(struct table *t, size_t nr)
{
    const struct table *facs = &t[nr - 2], *dsdt = &t[nr - 1];
    memset(t[0].bytes + TABLE_HEADER, 0, t[0].length - TABLE_HEADER);
    t[0].bytes[9] = 0;
    static const uint8_t facs_at[] = {36, 132}, dsdt_at[] = {40, 140};
    for (size_t i = 0; i < 2; i++) {
        if (t[1].length < dsdt_at[i] + 4u)
            break;
        if (le32(t[1].bytes + facs_at[i]) == facs->gpa)
            put_le32(t[1].bytes + facs_at[i], 0);
        if (le32(t[1].bytes + dsdt_at[i]) == dsdt->gpa)
            put_le32(t[1].bytes + dsdt_at[i], 0);
    }
    t[1].bytes[9] = 0;
    /* Which iasl compiled the SSDTs is chance, as their build date is. */
    for (size_t i = 1; i + 2 < nr; i++)
        if (t[i].length >= TABLE_HEADER && memcmp(t[i].bytes + 28, "INTL", 4) == 0) {
            memset(t[i].bytes + 32, 0, 4);
            t[i].bytes[9] = 0;
        }
    /* The DSDT is a stub: of its header, signature, revision and OEM are left. */
    t[nr - 1].length = 28;
    memset(t[nr - 1].bytes + 4, 0, 4);
    t[nr - 1].bytes[9] = 0;
}

static uint64_t madt_of(const struct table *t, size_t nr)
{
    for (size_t i = 1; i < nr; i++)
        if (memcmp(t[i].bytes, "APIC", 4) == 0)
            return t[i].gpa;
    return 0;
}

/* The info page's two pointers, seen from the MADT. */
static void compare_info(struct comparison *c, uint64_t madt_a, uint64_t madt_b)
{
    uint8_t a[40] = {0}, b[40] = {0};
    (void)memory_read(&c->synthetic->machine.memory, ACPI_INFO_PAGE, a, sizeof a);
    (void)memory_read(&c->real->machine.memory, ACPI_INFO_PAGE, b, sizeof b);
    for (uint32_t at = 12; at < 20; at += 4)
        compare(c, ACPI, at, 4, le32(a + at) - madt_a, le32(b + at) - madt_b);
}

static void compare_root(struct comparison *c, bool xsdt)
{
    struct table a[TABLES_MAX] = {{0}}, b[TABLES_MAX] = {{0}};
    const size_t nr = read_tables(c->synthetic, xsdt, a), nr_b = read_tables(c->real, xsdt, b);
    compare(c, ACPI, UINT32_MAX, 1, nr, nr_b);
    if (nr != 0 && nr == nr_b) {
        forget_places(a, nr);
        forget_places(b, nr);
        for (size_t i = 0; i < nr; i++) {
            compare(c, ACPI, i << 16 | 4, 4, a[i].length, b[i].length);
            for (uint32_t at = 0; at < a[i].length && a[i].length == b[i].length; at++)
                compare(c, ACPI, i << 16 | at, 1, a[i].bytes[at], b[i].bytes[at]);
        }
        compare_info(c, madt_of(a, nr), madt_of(b, nr));
    } else if (nr == 0) {
        printf("ACPI: the %s, or what it names, cannot be read\n", xsdt ? "XSDT" : "RSDT");
        c->bad++;
    }
    for (size_t i = 0; i < TABLES_MAX; i++) {
        free(a[i].bytes);
        free(b[i].bytes);
    }
}

/* --- devices ------------------------------------------------------------------------------------------------------ */

static uint32_t in(struct bed *s, uint16_t port, unsigned size)
{
    return bus_io_read(&s->machine.bus, port, size);
}

static uint64_t mmio(struct bed *s, uint64_t gpa, unsigned size)
{
    const struct claim *claim = bus_mmio_at(&s->machine.bus, gpa);
    return claim != NULL ? claim->ops->read(claim->self, gpa - claim->at.start, size) : UINT64_MAX;
}

static uint8_t cmos(struct bed *s, uint8_t index)
{
    bus_io_write(&s->machine.bus, 0x70, 1, index);
    return (uint8_t)in(s, 0x71, 1);
}

static uint32_t pci(struct bed *s, uint32_t devfn, uint32_t reg)
{
    bus_io_write(&s->machine.bus, 0xCF8, 4, 0x80000000u | devfn << 8 | reg);
    return in(s, 0xCFC, 4);
}

static uint32_t ioapic(struct bed *s, uint8_t reg)
{
    const struct claim *claim = bus_mmio_at(&s->machine.bus, IOAPIC_START);
    claim->ops->write(claim->self, 0, 4, reg);
    return (uint32_t)claim->ops->read(claim->self, 0x10, 4);
}

/* What belongs to a vCPU is that vCPU's from here on: LAPIC and MSRs. */
static void become(struct comparison *c, unsigned vcpu)
{
    c->synthetic->machine.vcpus.current = c->real->machine.vcpus.current = vcpu;
}

static void compare_lapic(struct comparison *c)
{
    for (uint32_t reg = 0; reg < LAPIC_REGS_END; reg += 16)
        compare(c, LAPIC, reg, 16, mmio(c->synthetic, LAPIC_START + reg, 4), mmio(c->real, LAPIC_START + reg, 4));
}

static void compare_devices(struct comparison *c)
{
    struct bed *a = c->synthetic, *b = c->real;
    compare(c, PORT, 0xCF8, 4, in(a, 0xCF8, 4), in(b, 0xCF8, 4));
    compare(c, IOAPIC, 0x1000, 1, mmio(a, IOAPIC_START, 4), mmio(b, IOAPIC_START, 4)); /* the register selected */
    /* Every port, lowest first: reading changes the state of some, of both sides alike. */
    for (uint32_t port = 0; port <= UINT16_MAX; port++)
        compare(c, PORT, port, 1, in(a, (uint16_t)port, 1), in(b, (uint16_t)port, 1));
    for (uint32_t i = 0; i < 128; i++)
        compare(c, CMOS, i, 1, cmos(a, (uint8_t)i), cmos(b, (uint8_t)i));
    for (uint32_t devfn = 0; devfn < PCI_FUNCTIONS; devfn++)
        for (uint32_t reg = 0; reg < PCI_CONFIG; reg += 4)
            compare(c, PCI, devfn << 8 | reg, 4, pci(a, devfn, reg), pci(b, devfn, reg));
    for (uint32_t i = 0; i < b->layout.vcpus; i++) {
        become(c, i);
        compare_lapic(c);
    }
    become(c, 0);
    for (uint32_t reg = 0; reg < IOAPIC_REGS; reg++)
        compare(c, IOAPIC, reg, 1, ioapic(a, (uint8_t)reg), ioapic(b, (uint8_t)reg));
    for (uint32_t reg = 0; reg < HPET_REGS_END; reg += 8)
        compare(c, HPET, reg, 8, mmio(a, HPET_START + reg, 8), mmio(b, HPET_START + reg, 8));
}

/* --- CPU and Xen -------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int reg;
} cpu_regs_seen[] = {
    {"rax", UC_X86_REG_RAX},         {"rcx", UC_X86_REG_RCX},         {"rdx", UC_X86_REG_RDX},
    {"rbx", UC_X86_REG_RBX},         {"rsp", UC_X86_REG_RSP},         {"rbp", UC_X86_REG_RBP},
    {"rsi", UC_X86_REG_RSI},         {"rdi", UC_X86_REG_RDI},         {"r8", UC_X86_REG_R8},
    {"r9", UC_X86_REG_R9},           {"r10", UC_X86_REG_R10},         {"r11", UC_X86_REG_R11},
    {"r12", UC_X86_REG_R12},         {"r13", UC_X86_REG_R13},         {"r14", UC_X86_REG_R14},
    {"r15", UC_X86_REG_R15},         {"rip", UC_X86_REG_RIP},         {"rflags", UC_X86_REG_RFLAGS},
    {"cs", UC_X86_REG_CS},           {"ss", UC_X86_REG_SS},           {"ds", UC_X86_REG_DS},
    {"es", UC_X86_REG_ES},           {"fs", UC_X86_REG_FS},           {"gs", UC_X86_REG_GS},
    {"cr0", UC_X86_REG_CR0},         {"cr2", UC_X86_REG_CR2},         {"cr3", UC_X86_REG_CR3},
    {"cr4", UC_X86_REG_CR4},         {"cr8", UC_X86_REG_CR8},         {"dr0", UC_X86_REG_DR0},
    {"dr1", UC_X86_REG_DR1},         {"dr2", UC_X86_REG_DR2},         {"dr3", UC_X86_REG_DR3},
    {"dr6", UC_X86_REG_DR6},         {"dr7", UC_X86_REG_DR7},         {"mxcsr", UC_X86_REG_MXCSR},
    {"fpcw", UC_X86_REG_FPCW},       {"fpsw", UC_X86_REG_FPSW},       {"fptag", UC_X86_REG_FPTAG},
    {"fs base", UC_X86_REG_FS_BASE}, {"gs base", UC_X86_REG_GS_BASE},
};

static const int tables[] = {UC_X86_REG_GDTR, UC_X86_REG_IDTR, UC_X86_REG_LDTR, UC_X86_REG_TR};
static const uint32_t engine_msrs[] = {0xC0000080u, 0xC0000081u, 0xC0000082u, 0xC0000083u,
                                       0xC0000084u, 0xC0000100u, 0xC0000101u, 0xC0000102u};

static uint64_t engine_msr(struct bed *s, uint32_t index)
{
    uc_x86_msr msr = {.rid = index, .value = 0};
    (void)uc_reg_read(s->machine.engine->uc, UC_X86_REG_MSR, &msr);
    return msr.value;
}

/* Numbers of what has no other. */
enum { CPU_TABLES = 0x100, CPU_XMM = 0x200 };
enum { XEN_SHARED_INFO, XEN_SHUTDOWN, XEN_MAP_RESULT, XEN_MOVE_RESULT, XEN_VCPU = 0x100, XEN_MAP = 0x1000 };

static void compare_cpu(struct comparison *c)
{
    struct engine *const a = c->synthetic->machine.engine, *const b = c->real->machine.engine;
    for (size_t i = 0; i < sizeof cpu_regs_seen / sizeof cpu_regs_seen[0]; i++) {
        const uint64_t x = engine_get(a, cpu_regs_seen[i].reg), y = engine_get(b, cpu_regs_seen[i].reg);
        if (x != y)
            printf("CPU %#zx is %s\n", i, cpu_regs_seen[i].name);
        compare(c, CPU, i, 1, x, y);
    }
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        uc_x86_mmr x = {0}, y = {0};
        (void)uc_reg_read(a->uc, tables[i], &x);
        (void)uc_reg_read(b->uc, tables[i], &y);
        compare(c, CPU, CPU_TABLES + 4 * i, 1, x.base, y.base);
        compare(c, CPU, CPU_TABLES + 4 * i + 1, 1, x.limit, y.limit);
        compare(c, CPU, CPU_TABLES + 4 * i + 2, 1, x.selector, y.selector);
        compare(c, CPU, CPU_TABLES + 4 * i + 3, 1, x.flags, y.flags);
    }
    for (size_t i = 0; i < sizeof engine_msrs / sizeof engine_msrs[0]; i++)
        compare(c, MSR, engine_msrs[i], 1, engine_msr(c->synthetic, engine_msrs[i]),
                engine_msr(c->real, engine_msrs[i]));
    uint8_t x[ENGINE_STATE_SIZE], y[ENGINE_STATE_SIZE];
    engine_state(a, x);
    engine_state(b, y);
    for (uint32_t i = ENGINE_STATE_SIZE - 256; i < ENGINE_STATE_SIZE; i++)
        compare(c, CPU, CPU_XMM + i, 1, x[i], y[i]);
}

static void compare_msrs(struct comparison *c, struct xen *a, struct xen *b)
{
    for (uint32_t i = 0; i < MSRS; i++) {
        uint64_t x = 0, y = 0;
        const bool has_x = xen_rdmsr(a, i, &x), has_y = xen_rdmsr(b, i, &y);
        compare(c, MSR, i, 1, has_x, has_y);
        compare(c, MSR, i, 1, x, y);
    }
}

static void compare_xen(struct comparison *c)
{
    struct xen *const a = &c->synthetic->machine.xen, *const b = &c->real->machine.xen;
    for (uint32_t i = 0; i < c->real->layout.vcpus; i++) {
        become(c, i);
        compare_msrs(c, a, b);
    }
    become(c, 0);
    for (uint32_t i = 0; i < XEN_HVM_NR_PARAMS_MAX; i++)
        compare(c, PARAM, i, 1, a->param[i], b->param[i]);
    compare(c, XEN, XEN_SHARED_INFO, 1, a->shared_info_gpa, b->shared_info_gpa);
    compare(c, XEN, XEN_SHUTDOWN, 1, (uint64_t)a->shutdown, (uint64_t)b->shutdown);
    for (uint32_t i = 0; i < a->vcpus->nr; i++)
        compare(c, XEN, XEN_VCPU + i, 1, a->vcpus->v[i].state, b->vcpus->v[i].state);
}

/* Hypercalls that firmware makes, last because they change things: the memory map, and shared info moves away. */
#define ARGUMENT 0x8000u
#define BUFFER 0x9000u
#define NEW_PLACE 0x700000u

static uint64_t memory_op(struct bed *s, uint64_t op, const void *arg, size_t n)
{
    const struct hypercall call = {.nr = __HYPERVISOR_memory_op, .arg = {op, ARGUMENT}};
    if (!memory_write(&s->machine.memory, ARGUMENT, arg, n))
        return 1;
    return (uint64_t)xen_hypercall(&s->machine.xen, &call);
}

static uint64_t ask_map(struct bed *s, uint8_t out[E820_MAX * E820_WIRE_SIZE])
{
    uint8_t arg[sizeof(struct xen_memory_map)] = {0};
    put_le32(arg + offsetof(struct xen_memory_map, nr_entries), E820_MAX);
    put_le64(arg + offsetof(struct xen_memory_map, buffer), BUFFER);
    const uint64_t result = memory_op(s, XENMEM_memory_map, arg, sizeof arg);
    uint8_t nr[4] = {0};
    (void)memory_read(&s->machine.memory, ARGUMENT, nr, sizeof nr);
    (void)memory_read(&s->machine.memory, BUFFER, out, E820_MAX * E820_WIRE_SIZE);
    return result << 32 | le32(nr);
}

static uint64_t move_shared_info(struct bed *s)
{
    struct xen_add_to_physmap arg;
    memset(&arg, 0, sizeof arg);
    arg.domid = DOMID_SELF;
    arg.space = XENMAPSPACE_shared_info;
    arg.gpfn = NEW_PLACE >> PAGE_SHIFT;
    return memory_op(s, XENMEM_add_to_physmap, &arg, sizeof arg);
}

static void compare_hypercalls(struct comparison *c)
{
    static uint8_t a[E820_MAX * E820_WIRE_SIZE], b[E820_MAX * E820_WIRE_SIZE];
    compare(c, XEN, XEN_MAP_RESULT, 1, ask_map(c->synthetic, a), ask_map(c->real, b));
    for (uint32_t i = 0; i < sizeof a; i++)
        compare(c, XEN, XEN_MAP + i, 1, a[i], b[i]);
    compare(c, XEN, XEN_MOVE_RESULT, 1, move_shared_info(c->synthetic), move_shared_info(c->real));
    compare_page(c, NULL, NULL, HVMLOADER_SHARED_INFO);
    compare_page(c, NULL, NULL, NEW_PLACE);
}

/* What the firmware reads first is what the plan says, on both sides: not only equal, but there. */
static void check_e820(struct comparison *c, const struct bed *s)
{
    uint8_t expected[E820_MAX * E820_WIRE_SIZE], found[E820_MAX * E820_WIRE_SIZE];
    struct ovmf_info info;
    const struct e820_map *m = &s->guest.e820;
    const size_t size = (size_t)m->nr * E820_WIRE_SIZE;
    e820_encode(m, expected);
    const bool ok = memory_read(&s->machine.memory, HVMLOADER_OVMF_INFO, &info, sizeof info) &&
                    memcmp(info.signature, "XenHVMOVMF", 11) == 0 && info.e820_nr == m->nr &&
                    memory_read(&s->machine.memory, info.e820, found, size) && memcmp(found, expected, size) == 0;
    if (!ok) {
        printf("the %s info block or its E820 is not what the layout says\n", s == c->real ? "real" : "synthetic");
        c->bad++;
    }
}

static void compare_all(struct comparison *c)
{
    for (struct exception *e = exceptions; e < exceptions + NR_EXCEPTIONS; e++)
        if (e->where != NULL)
            e->at[0] = e->where(c->real);
    check_e820(c, c->synthetic);
    check_e820(c, c->real);
    compare_cpu(c);
    compare_xen(c);
    compare_memory(c);
    if (c->real->layout.acpi) {
        compare_root(c, true);
        compare_root(c, false);
    }
    /* All time comes from one number, which is compared above: from here on it is the same. */
    c->synthetic->machine.clock.cycles = c->real->machine.clock.cycles;
    compare_devices(c);
    compare_hypercalls(c);
    tell(c);
    check_exceptions(c);
}

int main(int argc, char **argv)
{
    struct diag d = {0};
    struct layout l;
    uint64_t fill = 0;
    if (argc > 2 && strcmp(argv[1], "-f") == 0) {
        fill = strtoull(argv[2], NULL, 0);
        argv += 2;
        argc -= 2;
    }
    struct bed *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
    if (argc != 4 || a == NULL || b == NULL) {
        (void)fprintf(stderr, "usage: proof [-f FILL] LAYOUT FIRMWARE HVMLOADER\n");
        return 2;
    }
    bool ok = layout_read(argv[1], &l, &d);
    if (fill != 0)
        l.fill = fill;
    ok = ok && stand(a, &handoff_hvm, &l, argv[2], NULL, &d) && stand(b, &handoff_hvmloader, &l, argv[2], argv[3], &d);
    struct comparison c = {.synthetic = a, .real = b};
    if (ok)
        compare_all(&c);
    else
        (void)fprintf(stderr, "proof: %s: %s\n", d.file, d.message);
    take_down(a);
    take_down(b);
    free(a);
    free(b);
    return !ok ? 2 : c.bad != 0;
}
