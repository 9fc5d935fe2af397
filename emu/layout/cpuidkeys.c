/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cpuid=, both forms: X:tools/libs/light/libxl_cpuid.c. Xen takes away what the processor does not have, so only what
 * hides something has an effect here, and fields of numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "layout/keys.h"

struct place {
    uint32_t leaf, subleaf;
    enum cpuid_reg reg;
};
#define EAX_1                     \
    {                             \
        1, ANY_SUBLEAF, CPUID_EAX \
    }
#define ECX_1                     \
    {                             \
        1, ANY_SUBLEAF, CPUID_ECX \
    }
#define EDX_1                     \
    {                             \
        1, ANY_SUBLEAF, CPUID_EDX \
    }
#define ECX_EXT                            \
    {                                      \
        0x80000001, ANY_SUBLEAF, CPUID_ECX \
    }
#define EDX_EXT                            \
    {                                      \
        0x80000001, ANY_SUBLEAF, CPUID_EDX \
    }

/* Names of X:xen/include/public/arch-x86/cpufeatureset.h, and libxl's older ones. */
static const struct flag {
    const char *name;
    struct place at;
    uint8_t bit, length;
} flags[] = {
    {"stepping", EAX_1, 0, 4},
    {"model", EAX_1, 4, 8},
    {"family", EAX_1, 8, 8},
    {"procpkg", {4, 0, CPUID_EAX}, 26, 6},
    {"nc", {0x80000008, ANY_SUBLEAF, CPUID_ECX}, 0, 8},
    {"fpu", EDX_1, 0, 1},
    {"vme", EDX_1, 1, 1},
    {"de", EDX_1, 2, 1},
    {"pse", EDX_1, 3, 1},
    {"tsc", EDX_1, 4, 1},
    {"msr", EDX_1, 5, 1},
    {"pae", EDX_1, 6, 1},
    {"mce", EDX_1, 7, 1},
    {"cx8", EDX_1, 8, 1},
    {"apic", EDX_1, 9, 1},
    {"sep", EDX_1, 11, 1},
    {"mtrr", EDX_1, 12, 1},
    {"pge", EDX_1, 13, 1},
    {"mca", EDX_1, 14, 1},
    {"cmov", EDX_1, 15, 1},
    {"pat", EDX_1, 16, 1},
    {"pse36", EDX_1, 17, 1},
    {"ds", EDX_1, 21, 1},
    {"acpi", EDX_1, 22, 1},
    {"mmx", EDX_1, 23, 1},
    {"fxsr", EDX_1, 24, 1},
    {"sse", EDX_1, 25, 1},
    {"sse2", EDX_1, 26, 1},
    {"ss", EDX_1, 27, 1},
    {"htt", EDX_1, 28, 1},
    {"tm1", EDX_1, 29, 1},
    {"pbe", EDX_1, 31, 1},
    {"cmpxchg8", EDX_1, 8, 1},
    {"sysenter", EDX_1, 11, 1},
    {"psn", EDX_1, 18, 1},
    {"clfsh", EDX_1, 19, 1},
    {"tm", EDX_1, 29, 1},
    {"ia64", EDX_1, 30, 1},
    {"sse3", ECX_1, 0, 1},
    {"pclmulqdq", ECX_1, 1, 1},
    {"dtes64", ECX_1, 2, 1},
    {"monitor", ECX_1, 3, 1},
    {"dscpl", ECX_1, 4, 1},
    {"vmx", ECX_1, 5, 1},
    {"smx", ECX_1, 6, 1},
    {"eist", ECX_1, 7, 1},
    {"tm2", ECX_1, 8, 1},
    {"ssse3", ECX_1, 9, 1},
    {"sdbg", ECX_1, 11, 1},
    {"fma", ECX_1, 12, 1},
    {"cx16", ECX_1, 13, 1},
    {"xtpr", ECX_1, 14, 1},
    {"pdcm", ECX_1, 15, 1},
    {"pcid", ECX_1, 17, 1},
    {"dca", ECX_1, 18, 1},
    {"sse4-1", ECX_1, 19, 1},
    {"sse4-2", ECX_1, 20, 1},
    {"x2apic", ECX_1, 21, 1},
    {"movbe", ECX_1, 22, 1},
    {"popcnt", ECX_1, 23, 1},
    {"tsc-deadline", ECX_1, 24, 1},
    {"aesni", ECX_1, 25, 1},
    {"xsave", ECX_1, 26, 1},
    {"osxsave", ECX_1, 27, 1},
    {"avx", ECX_1, 28, 1},
    {"f16c", ECX_1, 29, 1},
    {"rdrand", ECX_1, 30, 1},
    {"hypervisor", ECX_1, 31, 1},
    {"est", ECX_1, 7, 1},
    {"cntxid", ECX_1, 10, 1},
    {"cmpxchg16", ECX_1, 13, 1},
    {"sse4_1", ECX_1, 19, 1},
    {"sse4.1", ECX_1, 19, 1},
    {"sse4_2", ECX_1, 20, 1},
    {"sse4.2", ECX_1, 20, 1},
    {"aes", ECX_1, 25, 1},
    {"syscall", EDX_EXT, 11, 1},
    {"nx", EDX_EXT, 20, 1},
    {"mmxext", EDX_EXT, 22, 1},
    {"ffxsr", EDX_EXT, 25, 1},
    {"page1gb", EDX_EXT, 26, 1},
    {"rdtscp", EDX_EXT, 27, 1},
    {"lm", EDX_EXT, 29, 1},
    {"3dnowext", EDX_EXT, 30, 1},
    {"3dnow", EDX_EXT, 31, 1},
    {"lahf-lm", ECX_EXT, 0, 1},
    {"cmp-legacy", ECX_EXT, 1, 1},
    {"svm", ECX_EXT, 2, 1},
    {"extapic", ECX_EXT, 3, 1},
    {"cr8-legacy", ECX_EXT, 4, 1},
    {"abm", ECX_EXT, 5, 1},
    {"sse4a", ECX_EXT, 6, 1},
    {"misalignsse", ECX_EXT, 7, 1},
    {"3dnowprefetch", ECX_EXT, 8, 1},
    {"osvw", ECX_EXT, 9, 1},
    {"ibs", ECX_EXT, 10, 1},
    {"xop", ECX_EXT, 11, 1},
    {"skinit", ECX_EXT, 12, 1},
    {"wdt", ECX_EXT, 13, 1},
    {"lwp", ECX_EXT, 15, 1},
    {"fma4", ECX_EXT, 16, 1},
    {"nodeid-msr", ECX_EXT, 19, 1},
    {"tbm", ECX_EXT, 21, 1},
    {"topoext", ECX_EXT, 22, 1},
    {"dbext", ECX_EXT, 26, 1},
    {"monitorx", ECX_EXT, 29, 1},
    {"addr-msk-ext", ECX_EXT, 30, 1},
    {"lahfsahf", ECX_EXT, 0, 1},
    {"cmplegacy", ECX_EXT, 1, 1},
    {"altmovcr8", ECX_EXT, 4, 1},
    {"nodeid", ECX_EXT, 19, 1},
    {"perfctr_core", ECX_EXT, 23, 1},
    {"perfctr_nb", ECX_EXT, 24, 1},
};
#define NR_FLAGS (sizeof flags / sizeof flags[0])

/* Names of bits and fields that are not there for this guest, or are Xen's own. */
static const char elsewhere[] =
    "adx amd-fsrc amd-fsrs amd-ppin amd-prefetchi amd-ssbd amd-stibp amx-bf16 amx-complex amx-fp16 amx-int8 "
    "amx-tile apicidsize arat arch-caps arch-lbr arch-perf-mon auto-ibrs avx-ifma avx-ne-convert avx-vnni "
    "avx-vnni-int16 avx-vnni-int8 avx2 avx512-4fmaps avx512-4vnniw avx512-bf16 avx512-bitalg avx512-bmm "
    "avx512-fp16 avx512-ifma avx512-vbmi avx512-vbmi2 avx512-vnni avx512-vp2intersect avx512-vpopcntdq "
    "avx512bw avx512cd avx512dq avx512er avx512f avx512pf avx512vl bhi-ctrl bhi-no bld bmi1 bmi2 brandid "
    "btc-no cet-ibt cet-ss cet-sss cldemote clflush clflushopt clwb clzero cmpccxadd cmt core-caps cpb cppc "
    "cpuid-user-dis ddp-ctrl doitm efro eibrs energy-filtering enqcmd epsf erms fb-clear fb-clear-ctrl "
    "fbsdp-no fdp-excp-only fred fs-gs-ns fsgsbase fsrcs fsrm fsrs fsrsc fzrm gds-ctrl gds-no gfni hle "
    "hw-pstate hybrid ibpb ibpb-brtype ibpb-ret ibrs ibrs-always ibrs-fast ibrs-same-mode ibrsb "
    "if-pschange-mc-no ign-umonitor intel-ppin intel-psfd intel-ssb-no invpcid invtsc ipred-ctrl its-no itsc "
    "l1d-flush la57 lam lass lfence+ lfence-dispatch lkgs localapicid maxhvleaf maxleaf mcdt-no mcu-ctrl "
    "mcu-ext md-clear mds-no misc-pkg-ctrl mon-umon-mitg movdir64b movdiri movrs mpx msrlist nmi-src "
    "no-fpu-sel no-invd no-lmsl no-nest-bp nscb ospke ovrclk-status pb-opt-ctrl pbrsb-no pconfig pks pku "
    "ppin pqe pqm prefetchi prefetchwt1 proc-trace proccount psdp-no psfd rdcl-no rdpid rdseed rfds-clear "
    "rfds-no rrsba rrsba-ctrl rsba rstr-fp-err-ptrs rtm rtm-always-abort sbdr-ssdp-no sbpb serialize sgx "
    "sgx-keys sgx-lc sha sha512 skip-l1dfl slsm sm3 sm4 smap smep srbds-ctrl srso-msr-fix srso-no srso-us-no "
    "ssb-no ssbd stibp stibp-always svm_decode svm_lbrv svm_npt svm_nrips svm_pausefilt svm_tscrate "
    "svm_vmcbclean taa-no tme tsa-l1-no tsa-sq-no tsc-adjust tsc_adjust tsx-ctrl tsx-force-abort tsxldtrk "
    "uc-lock-dis uintr uiret-uif umip vaes verw-clear virt-ssbd vpclmulqdq waitpkg wbnoinvd wrmsrns "
    "xapic-status xfd xgetbv1 xsavec xsaveopt xsaves ";

static bool is_elsewhere(const char *name, size_t n)
{
    for (const char *s = elsewhere; *s != '\0'; s += strcspn(s, " "), s += strspn(s, " "))
        if (strcspn(s, " ") == n && strncmp(s, name, n) == 0)
            return true;
    return false;
}

static const struct flag *find_flag(const char *name, size_t n)
{
    for (size_t i = 0; i < NR_FLAGS; i++)
        if (strlen(flags[i].name) == n && strncmp(flags[i].name, name, n) == 0)
            return &flags[i];
    return NULL;
}

static bool add_rule(struct draft *t, struct place at, uint32_t set, uint32_t clear)
{
    struct layout *l = &t->l;
    struct cpuid_rule *r = l->cpuid, *const end = l->cpuid + l->nr_cpuid;
    while (r < end && (r->leaf != at.leaf || r->subleaf != at.subleaf || r->reg != at.reg))
        r++;
    if (r == l->cpuid + CPUID_RULES_MAX)
        return false;
    if (r == end) {
        *r = (struct cpuid_rule){.leaf = at.leaf, .subleaf = at.subleaf, .reg = at.reg};
        l->nr_cpuid++;
    }
    r->set = (r->set | set) & ~clear;
    r->clear = (r->clear | clear) & ~set;
    return true;
}

/* X:libxl_cpuid.c:cpuid_add. Family and model lie in two pieces each. */
static uint32_t spread(const struct flag *f, uint32_t v, uint32_t *mask)
{
    if (strcmp(f->name, "family") == 0) {
        *mask = 0x0FF00F00;
        return v < 16 ? v << 8 : 0xF00 | (v - 15) << 20;
    }
    if (strcmp(f->name, "model") == 0) {
        *mask = 0x000F00F0;
        return (v & 0xF) << 4 | (v >> 4 & 0xF) << 16;
    }
    *mask = (uint32_t)(((1ull << f->length) - 1) << f->bit);
    return (uint32_t)((uint64_t)v << f->bit) & *mask;
}

static void too_many(struct draft *t)
{
    draft_note(t, "cpuid", "cpuid: more than %d registers are named; the others stay", CPUID_RULES_MAX);
}

/* "name=value"; what xl only warns of is a note. */
static void add_word(struct draft *t, const char *s, size_t n)
{
    const char *eq = memchr(s, '=', n);
    if (eq == NULL) {
        draft_note(t, "cpuid", "cpuid: \"%.*s\" has no =; xl passes over it", (int)n, s);
        return;
    }
    const size_t name = (size_t)(eq - s);
    const struct flag *f = find_flag(s, name);
    if (f == NULL) {
        if (!is_elsewhere(s, name))
            draft_note(t, "cpuid", "cpuid: xl knows no \"%.*s\" and passes over it", (int)name, s);
        return;
    }
    char *end;
    const unsigned long v = strtoul(eq + 1, &end, 0);
    if (end == eq + 1) {
        if (eq[1] != 'x' && eq[1] != 'k' && eq[1] != 's')
            draft_note(t, "cpuid", "cpuid: \"%.*s\" must be a number, x, k or s; xl passes over it", (int)n, s);
        return;
    }
    uint32_t mask;
    const uint32_t set = spread(f, (uint32_t)v, &mask);
    if (!add_rule(t, f->at, set, mask & ~set))
        too_many(t);
}

static bool read_words(struct draft *t, struct diag *d)
{
    const char *s;
    if (!cfg_string(t->f, "cpuid", &s, d))
        return false;
    if (s == NULL || s[0] == '\0')
        return true;
    if (strcspn(s, ",") != 4 || strncmp(s, "host", 4) != 0) {
        draft_note(t, "cpuid", "cpuid: it must begin with \"host\"; xl passes over all of it");
        return true;
    }
    for (s += 4; *s == ',';) {
        s++;
        const size_t n = strcspn(s, ",");
        if (n != 0)
            add_word(t, s, n);
        s += n;
    }
    return true;
}

/* --- "leaf[,subleaf]:reg=32 characters,..." */

static bool add_register(struct draft *t, struct place at, const char *bits)
{
    uint32_t set = 0, clear = 0;
    for (unsigned i = 0; i < 32; i++) {
        set |= bits[i] == '1' ? 1u << (31 - i) : 0;
        clear |= bits[i] == '0' ? 1u << (31 - i) : 0;
    }
    return add_rule(t, at, set, clear);
}

/* What is wrong with it, in xl's words, or NULL. */
static const char *add_xend(struct draft *t, const char *s)
{
    char *end;
    struct place at = {.leaf = (uint32_t)strtoul(s, &end, 0), .subleaf = ANY_SUBLEAF};
    if (end == s)
        return "illegal leaf number";
    if (*end == ',') {
        s = end + 1;
        at.subleaf = (uint32_t)strtoul(s, &end, 0);
        if (end == s)
            return "illegal subleaf number";
    }
    if (*end != ':')
        return "missing colon";
    for (s = end + 1; *s != '\0'; s += strspn(s, " \n")) {
        if (s[0] != 'e' || s[1] < 'a' || s[1] > 'd' || s[2] != 'x' || strchr(s, '=') == NULL)
            return "invalid register name (must be e[abcd]x)";
        at.reg = (enum cpuid_reg)(s[1] - 'a');
        s = strchr(s, '=') + 1;
        if (strcspn(s, ",") != 32)
            return "policy string must be exactly 32 characters long";
        if (!add_register(t, at, s))
            too_many(t);
        s += 32;
        s += *s == ',';
    }
    return NULL;
}

static bool read_xend(struct draft *t, struct diag *d)
{
    XLU_ConfigList *list;
    int nr;
    if (!cfg_list(t->f, "cpuid", &list, &nr, d))
        return false;
    for (int i = 0; i < nr; i++) {
        const char *s;
        unsigned line;
        if (!cfg_item(t->f, "cpuid", list, i, &s, &line, d))
            return false;
        const char *wrong = add_xend(t, s);
        if (wrong != NULL)
            draft_note(t, "cpuid", "cpuid: \"%.60s\": %s; xl passes over it", s, wrong);
    }
    return true;
}

/* --- what follows */

static bool clears(const struct layout *l, uint32_t leaf, enum cpuid_reg reg, unsigned bit)
{
    for (unsigned i = 0; i < l->nr_cpuid; i++)
        if (l->cpuid[i].leaf == leaf && l->cpuid[i].reg == reg && (l->cpuid[i].clear >> bit & 1) != 0)
            return true;
    return false;
}

/* Without these no 64-bit OVMF comes as far as its first C function. */
static const struct {
    uint32_t leaf;
    enum cpuid_reg reg;
    uint8_t bit;
    const char *what;
} needed[] = {
    {1, CPUID_EDX, 5, "the MSRs (msr)"},
    {1, CPUID_EDX, 6, "PAE (pae)"},
    {0x80000001, CPUID_EDX, 29, "long mode (lm)"},
};

static void shrink_phys_bits(struct layout *l)
{
    for (unsigned i = 0; i < l->nr_cpuid; i++) {
        const struct cpuid_rule *r = &l->cpuid[i];
        if (r->leaf != 0x80000008 || r->reg != CPUID_EAX)
            continue;
        const unsigned bits = ((l->phys_bits & ~r->clear) | r->set) & 0xFF;
        if (bits >= 32 && bits < l->phys_bits)
            l->phys_bits = bits;
    }
}

const char *cpuid_lacks(const struct layout *l)
{
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++)
        if (clears(l, needed[i].leaf, needed[i].reg, needed[i].bit))
            return needed[i].what;
    return NULL;
}

void cpuid_follows(struct layout *l)
{
    l->page_1g = l->page_1g && !clears(l, 0x80000001, CPUID_EDX, 26);
    shrink_phys_bits(l);
}

bool cpuid_key_read(struct draft *t, struct diag *d)
{
    if (cfg_is_list(t->f, "cpuid") ? !read_xend(t, d) : !read_words(t, d))
        return false;
    const char *lacks = cpuid_lacks(&t->l);
    if (lacks != NULL)
        return cfg_fail(t->f, "cpuid", d, "cpuid hides %s: no 64-bit OVMF can start; leave it out", lacks);
    cpuid_follows(&t->l);
    return true;
}
