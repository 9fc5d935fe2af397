/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guest files as people write them (tests/layouts), what comes of their keys, and the keys that xl knows. */
#include "guest_kit.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "layout/key_docs.h"
#include "layout/pci_table.h"
#include "layout/xlkeys.h"

static const char *source(void)
{
    const char *src = getenv("SRC");
    return src != NULL ? src : ".";
}

/* --- the files */

static const struct row {
    const char *file;
    uint64_t low_end, high_end; /* with an image of 2 MiB */
    unsigned entries;           /* of the E820 */
    const char *pci;            /* devfns */
    unsigned unknown, others;   /* notes */
} rows[] = {
    {"windows10", 0xF0000000, 0x20DEB4000, 6, "00 08 09 0a 0b 10 18 20", 1, 0},
    {"windows-server", 0xF0000000, 0x40EEB4000, 6, "00 08 09 0a 0b 10 18 20 28", 0, 2},
    {"windows-gaming", 0x40000000, 0x3BFF04000, 8, "00 08 09 0b 10", 0, 3},
    {"igd", 0x7B800000, 0x1846C4000, 9, "00 08 09 0b 10 18 20", 0, 0},
    {"usb-controller", 0x5F6B4000, 0, 6, "00 08 09 0b 10 18 20", 0, 2},
    {"debian", 0x3F6B4000, 0, 5, "00 08 09 0b 10 18 20", 0, 0},
    {"ubuntu-installer", 0x7F6B4000, 0, 5, "00 08 09 0b 10 18 20", 0, 1},
    {"fedora-full", 0xF0000000, 0x20F6B4000, 6, "00 08 09 0b 10 18 20", 0, 0},
    {"stubdom", 0x1EEB4000, 0, 5, "00 08 09 0b 10 18 20", 0, 0},
    {"no-devices", 0x07F0F000, 0, 4, "00 08 09 0b", 0, 0},
    {"freebsd", 0x3F6F4000, 0, 5, "00 08 09 0a 0b 10 18", 0, 1},
    {"router", 0x1EDF4000, 0, 5, "00 08 09 0b 10 18 20 28 30 38", 0, 1},
    {"nested", 0xF0000000, 0x18F6B4000, 6, "00 08 09 0b 10 18 20", 0, 0},
    {"xend-cpuid", 0x2EEB4000, 0, 5, "00 08 09 0b 10 18 20", 1, 1},
    {"database", 0xF0000000, 0x100FEC4000, 6, "00 08 09 0b 10 18", 0, 1},
    {"shadow", 0x5F6B4000, 0, 5, "00 08 09 0b 10 18 20", 0, 0},
    {"desktop", 0xF0000000, 0x107EA4000, 6, "00 08 09 0b 10 18 20", 0, 1},
    {"seabios", 0x3F6B4000, 0, 5, "00 08 09 0b 10 18 20", 0, 1},
    {"typos", 0x3F6F4000, 0, 5, "00 08 09 0b 10 18", 2, 2},
    {"pvh-linux", 0x20000000, 0, 5, NULL, 0, 0},
    {"pvh-direct", 0xFC000000, 0x204000000, 6, NULL, 0, 2},
    {"pvh-rdm", 0x7B800000, 0x144800000, 7, NULL, 0, 0},
};
#define NR_ROWS (sizeof rows / sizeof rows[0])

static void devices(const struct layout *l, char *out, size_t n)
{
    struct pci_desc d[PCI_MAX_FUNCTIONS];
    const size_t nr = pci_table(d, l);
    out[0] = '\0';
    for (size_t i = 0, used = 0; i < nr; i++)
        used += (size_t)snprintf(out + used, n - used, "%s%02x", i != 0 ? " " : "", d[i].devfn);
}

static void files(void **state)
{
    (void)state;
    for (size_t i = 0; i < NR_ROWS; i++) {
        const struct row *r = &rows[i];
        char path[512], pci[80];
        struct layout l;
        struct layout_lines at;
        struct guest_memory g;
        struct diag d = {0};
        unsigned unknown = 0, disks = 0; /* theirs are elsewhere */
        (void)snprintf(path, sizeof path, "%s/tests/layouts/%s.cfg", source(), r->file);
        if (!layout_read_lines(path, &l, &at, &d) || !layout_resolve(&l, 2 * MIB, &g, &d))
            fail_msg("%s:%u: %s", path, d.line, d.message);
        for (unsigned j = 0; j < at.nr_notes; j++) {
            unknown += at.note[j].unknown;
            disks += strncmp(at.note[j].text, "disk:", 5) == 0;
        }
        devices(&l, pci, sizeof pci);
        if (g.low_end != r->low_end || g.high_end != r->high_end || g.e820.nr != r->entries || unknown != r->unknown ||
            at.nr_notes - unknown - disks != r->others || l.nr_disks != 0 ||
            (r->pci != NULL && strcmp(pci, r->pci) != 0) || (r->pci == NULL) != (l.type == GUEST_PVH))
            fail_msg("%s: RAM to %#llx and %#llx, %u entries, devices %s, %u and %u notes", r->file,
                     (unsigned long long)g.low_end, (unsigned long long)g.high_end, g.e820.nr, pci, unknown,
                     at.nr_notes - unknown - disks);
    }
}

static void all_are_there(void **state)
{
    (void)state;
    char pattern[512];
    glob_t found;
    (void)snprintf(pattern, sizeof pattern, "%s/tests/layouts/*.cfg", source());
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, NR_ROWS);
    assert_true(found.gl_pathc >= 20);
    globfree(&found);
}

/* --- single keys */

static bool read_text(const char *text, struct layout *l, struct layout_lines *at, struct diag *d)
{
    char path[] = "/tmp/hvmbed-guest-XXXXXX";
    const int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *f = fdopen(fd, "w");
    assert_non_null(f);
    (void)fputs(text, f);
    (void)fclose(f);
    const bool ok = layout_read_lines(path, l, at, d);
    (void)remove(path);
    return ok;
}

#define HVM "type='hvm'\nmemory=4096\nvga='none'\n"
#define PVH "type='pvh'\nmemory=4096\n"
#define RMRR "bed_rmrr=['0x7a000000-0x7b000000','0xc0000000-0xc0100000 00:1a.0']\n"

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
        unsigned line;
    } bad[] = {
        {HVM RMRR "rdm='strategy=host,policy=strict'\n", "policy=strict", 2},
        {HVM "rdm='strategy=all'\n", "strategy=host", 4},
        {HVM "rdm='policy=maybe'\n", "policy=strict", 4},
        {HVM "pci=['00:1a.0,rdm_policy=maybe']\n", "rdm_policy", 4},
        {PVH "pci=['00:1a.0']\n", "PVH", 3},
        {HVM "rdm_mem_boundary=5000\n", "4096", 4},
        {HVM "bed_rmrr=['0x1000']\n", "START-END", 4},
        {HVM "bed_rmrr=['0x1000-0x2001']\n", "whole pages", 4},
        {HVM "bed_rmrr=['0x1000-0x3000',\n'0x2000-0x4000']\n", "overlaps", 5},
        {HVM "bed_rmrr=['0xfd000000-0xfd100000']\nrdm='strategy=host'\n", "BUG", 2},
        {HVM "gfx_passthru=1\n", "00:02.0", 4},
        {HVM "gfx_passthru='radeon'\n", "igd", 4},
        {HVM "viridian=['bass']\n", "no group", 4},
        {HVM "viridian=['freq']\n", "base", 4},
        {HVM "pae=0\n", "long mode", 4},
        {HVM "cpuid='host,lm=0'\n", "long mode", 4},
        {HVM "cpuid=['0x80000001:edx=xx0xxxxxxxxxxxxxxxxxxxxxxxxxxxxx']\n", "long mode", 4},
        {HVM "nestedhvm=1\naltp2m='external'\n", "altp2m", 4},
        {HVM "altp2m='most'\n", "disabled", 4},
        {HVM "timer_mode=4\n", "timer_mode", 4},
        {HVM "tsc_mode='fast'\n", "native", 4},
        {HVM "hdtype='scsi'\n", "ahci", 4},
        {HVM "ms_vm_genid='1:2'\n", "generate", 4},
        {HVM "device_model_version='qemu-xen-traditional'\n", "ROMBIOS", 4},
        {HVM "bios='rombios'\n", "ovmf", 4},
        {HVM "firmware='rombios'\n", "ovmf", 4},
        {HVM "bios='coreboot'\n", "seabios", 4},
        {PVH "pvshim=1\n", "shim", 3},
        {HVM "vif=['','','','','']\n", "option ROMs", 4},
        {HVM "bed_tpm_version=3\n", "from 0 to 2", 4},
        {"type='pv'\nmemory=512\n", "cannot boot OVMF", 1},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct layout l;
        struct diag d = {0};
        if (read_text(bad[i].text, &l, NULL, &d))
            fail_msg("not refused:\n%s", bad[i].text);
        if (strstr(d.message, bad[i].says) == NULL || d.line != bad[i].line)
            fail_msg("line %u: %s, and not %s, for:\n%s", d.line, d.message, bad[i].says, bad[i].text);
    }
}

static void must(const char *text, struct layout *l, struct guest_memory *g)
{
    struct diag d = {0};
    if (!read_text(text, l, NULL, &d) || !layout_resolve(l, 2 * MIB, g, &d))
        fail_msg("%s, of:\n%s", d.message, text);
}

/* X:libxl_dm.c:libxl__domain_device_construct_rdm, case by case. */
static void rdms(void **state)
{
    (void)state;
    struct layout l;
    struct guest_memory g;
    must(HVM RMRR, &l, &g); /* nobody asks for them */
    assert_int_equal(l.nr_rdms, 0);
    must(HVM RMRR "pci=['00:1a.0']\n", &l, &g);
    assert_int_equal(l.nr_rdms, 1);
    assert_int_equal(g.built_low, 0xC0000000);
    assert_int_equal(g.built_end, 0x140000000);
    must(HVM RMRR "rdm='policy=relaxed,strategy=host'\n", &l, &g); /* one lies below the boundary: RAM stays */
    assert_int_equal(l.nr_rdms, 2);
    assert_int_equal(g.nr_rdms, 1);
    assert_int_equal(g.built_low, 0xC0000000);
    must(HVM RMRR "rdm='strategy=host'\nrdm_mem_boundary=1024\n", &l, &g);
    assert_int_equal(g.nr_rdms, 2);
    assert_int_equal(g.built_low, 0x7A000000);
    assert_int_equal(g.pci_start, 0xF0000000);
    must(HVM "hap=0\nrdm='strategy=host'\nbed_rmrr=['0xc0101000-0xc0102000']\n", &l, &g);
    assert_int_equal(g.built_low, 0xC0101000); /* with HAP, at a large page */
    must(HVM "rdm='strategy=host'\nbed_rmrr=['0xc0101000-0xc0102000']\n", &l, &g);
    assert_int_equal(g.built_low, 0xC0000000);
    must(PVH RMRR "rdm='strategy=host'\n", &l, &g); /* the boundary is 0 */
    assert_int_equal(g.built_low, 0x7A000000);
    /* In the PCI window: hvmloader begins at the end of RAM, unless mmio_hole says where. */
    must("type='hvm'\nmemory=512\nvga='none'\nrdm='strategy=host'\nbed_rmrr=['f8000000-f8001000']\n", &l, &g);
    assert_int_equal(g.pci_start, 0x20000000);
    must("type='hvm'\nmemory=512\nvga='none'\nmmio_hole=256\nrdm='strategy=host'\nbed_rmrr=['f8000000-f8001000']\n", &l,
         &g);
    assert_int_equal(g.pci_start, 0xF0000000);
}

static void viridian_groups(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t param;
    } good[] = {
        {"", 0},
        {"viridian=0\n", 0},
        {"viridian=1\n", 0x1865},
        {"viridian=['defaults','!freq']\n", 0x1867},
        {"viridian=['base']\n", 0x003},
        {"viridian=['base','freq','stimer']\n", 0x185},
        {"viridian=['all']\n", 0x1FFD},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char text[200];
        struct layout l;
        struct guest_memory g;
        (void)snprintf(text, sizeof text, HVM "%s", good[i].text);
        must(text, &l, &g);
        assert_int_equal(l.viridian, good[i].param);
    }
}

/* --- the table of keys */

static void keys(void **state)
{
    (void)state;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/docs/layouts.md", source());
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    static char page[1 << 16];
    page[fread(page, 1, sizeof page - 1, f)] = '\0';
    (void)fclose(f);
    for (size_t i = 0; i < nr_xl_keys; i++) {
        char name[80];
        assert_ptr_equal(xl_key_find(xl_keys[i].name), &xl_keys[i]); /* sorted, so it is found */
        (void)snprintf(name, sizeof name, "`%s`", xl_keys[i].name);
        if (strstr(page, name) == NULL)
            fail_msg("docs/layouts.md does not tell of %s", name);
    }
    assert_null(xl_key_find("memroy"));
}

/* The manual's texts are those of docs/layouts.md, without its marks; every honoured key has one. */
static bool documents(const struct key_doc *docs, const char *name)
{
    const size_t n = strlen(name);
    for (; docs->keys != NULL; docs++)
        for (const char *s = docs->keys; (s = strstr(s, name)) != NULL; s += n)
            if ((s == docs->keys || s[-1] == ' ') && (s[n] == ',' || s[n] == '\0'))
                return true;
    return false;
}

/* Of a row: "`memory`" is memory, "[lint.md](lint.md)" is lint.md. In place. */
static void without_marks(char *row)
{
    char *to = row;
    for (const char *s = row; *s != '\0'; s++) {
        if (*s == ']' && s[1] == '(')
            s += strcspn(s, ")");
        else if (*s != '`' && *s != '[')
            *to++ = *s;
    }
    *to = '\0';
}

static void key_texts(void **state)
{
    (void)state;
    static const struct key_doc *const tables[] = {xl_key_docs, bed_key_docs, partly_key_docs};
    char path[512], row[4096];
    size_t found = 0, all = 0;
    (void)snprintf(path, sizeof path, "%s/docs/layouts.md", source());
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while (fgets(row, sizeof row, f) != NULL) {
        without_marks(row);
        for (size_t t = 0; t < 3; t++)
            for (const struct key_doc *k = tables[t]; k->keys != NULL; k++) {
                char want[2048];
                (void)snprintf(want, sizeof want, "| %s | %s |%s%s%s\n", k->keys, k->meaning, t < 2 ? " " : "",
                               t == 2                ? ""
                               : k->fallback == NULL ? "–"
                                                     : k->fallback,
                               t < 2 ? " |" : "");
                found += strcmp(row, want) == 0;
            }
    }
    (void)fclose(f);
    for (size_t t = 0; t < 3; t++)
        for (const struct key_doc *k = tables[t]; k->keys != NULL; k++)
            all++;
    assert_int_equal(found, all);
    for (size_t i = 0; i < nr_xl_keys; i++)
        if (xl_keys[i].fate == KEY_HONOURED && !documents(xl_key_docs, xl_keys[i].name))
            fail_msg("layout/key_docs.c does not tell of %s", xl_keys[i].name);
    for (size_t i = 0; bed_key_name(i) != NULL; i++)
        if (!documents(bed_key_docs, bed_key_name(i)))
            fail_msg("layout/key_docs.c does not tell of %s", bed_key_name(i));
}

/* disk=: raw files beside the guest's own, by their numbers; what there is no backend for is a note. */
static void disks(void **state)
{
    (void)state;
    static const struct {
        const char *spec, *name; /* NULL: a note */
        uint32_t vdev;
        bool read_only;
    } cases[] = {
        {"%s,raw,xvda,w", "xvda", 202 << 8, false},
        {"%s,raw,xvdb2,r", "xvdb2", 202 << 8 | 16 | 2, true},
        {"format=raw,vdev=hda,access=rw,target=%s", "hda", 3 << 8, false},
        {"file:/tmp/%s,hdd,w", "hdd", 22 << 8 | 64, false},
        {"vdev=sdc,access=ro,target=%s", "sdc", 8 << 8 | 32, true},
        {"%s,raw,hdc:cdrom,r", NULL, 0, false},
        {"%s,qcow2,xvdd,w", NULL, 0, false},
        {"%s-not,raw,xvde,w", NULL, 0, false},
        {"/tmp,raw,xvdf,w", NULL, 0, false},
        {"%s,raw,xvda,w", NULL, 0, false}, /* taken */
        {"%s,raw,d3,w", NULL, 0, false},
    };
    char file[] = "/tmp/hvmbed-disk-XXXXXX", text[2048] = HVM "disk=[";
    const int fd = mkstemp(file);
    assert_true(fd >= 0);
    (void)close(fd);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char spec[128];
        (void)snprintf(spec, sizeof spec, cases[i].spec, strrchr(file, '/') + 1);
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "'%s',", spec);
    }
    (void)strcat(text, "]\n");
    struct layout l;
    struct layout_lines at;
    struct diag d = {0};
    if (!read_text(text, &l, &at, &d))
        fail_msg("%s", d.message);
    unsigned n = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char name[DISK_NAME_SIZE];
        if (cases[i].name == NULL)
            continue;
        assert_int_equal(l.disk[n].vdev, cases[i].vdev);
        assert_int_equal(l.disk[n].read_only, cases[i].read_only);
        assert_string_equal(l.disk[n].path, file);
        layout_disk_name(l.disk[n++].vdev, name);
        assert_string_equal(name, cases[i].name);
    }
    assert_int_equal(l.nr_disks, n);
    assert_int_equal(at.nr_notes, sizeof cases / sizeof cases[0] - n);
    assert_non_null(strstr(at.note[0].text, "CD-ROM"));
    assert_false(read_text(HVM "disk=['a,b,c,d']\n", &l, &at, &d));
    assert_int_equal(d.line, 4);
    (void)remove(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),   cmocka_unit_test(disks),     cmocka_unit_test(all_are_there),
        cmocka_unit_test(refused), cmocka_unit_test(rdms),      cmocka_unit_test(viridian_groups),
        cmocka_unit_test(keys),    cmocka_unit_test(key_texts),
    };
    return cmocka_run_group_tests_name("guest files", tests, NULL, NULL);
}
