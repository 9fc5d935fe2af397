/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/span.h"
#include "matrix/take.h"
#include "report/decode.h"
#include "report/escape.h"
#include "report/report.h"
#include "safe_text.h"

/* A finished run, and what a writer is given of it. */
struct run {
    struct image image;
    struct layout layout;
    struct guest_memory guest;
    struct verdict verdict;
    struct report_input in;
    struct backtrace trace;
    struct writer writer;
    struct backtrace way;
    struct code_place last[LAST_BLOCKS_MAX];
};

/* What findings point to is the test's own. */
static void free_run(struct run *r)
{
    free(r->verdict.findings.f);
    free(r->verdict.module);
    free(r);
}

static struct run *make_run(enum ending ending)
{
    struct run *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->image = (struct image){.path = "/home/user/secret/OVMF.fd", .size = 2 * MIB, .kind = IMAGE_OVMF};
    r->image.sha256[0] = 0xab;
    r->layout = (struct layout){.path = "layouts/hvm-1g.cfg",
                                .memory = GIB,
                                .maxmem = GIB,
                                .vcpus = 1,
                                .acpi = true,
                                .xen_major = 4,
                                .xen_minor = 17,
                                .phys_bits = 39};
    r->guest = (struct guest_memory){
        .mmio_start = 0xf0000000, .low_end = 0x3eeb4000, .acpi_pages = 10, .image = {0xffe00000, 0x100000000}};
    assert_true(e820_add(&r->guest.e820, 0, 0xa0000, E820_TYPE_RAM));
    assert_true(e820_add(&r->guest.e820, 0xf0000, 0x100000, 77));
    struct verdict *v = &r->verdict;
    v->ending = ending;
    v->phase = ending == END_HANDOFF ? PHASE_DXE : PHASE_PEI;
    v->instructions = 1234567;
    v->virtual_ns = 1234567890;
    v->hob_list = ending == END_HANDOFF ? 0x3ae00000 : 0;
    v->dxe_entry = 0x3ec40000;
    *verdict_add_module(v) = (struct module){
        .name = "PeiCore", .base = 0x820000, .size = 0x12000, .guid = "52C05B14-0B98-496C-BC3B-04B50211D680"};
    v->debug_log = "hello\r\n\033[31mred\tx\nend";
    v->debug_log_size = strlen(v->debug_log);
    r->in = (struct report_input){.image = &r->image,
                                  .layout = &r->layout,
                                  .guest = &r->guest,
                                  .verdict = v,
                                  .handoff = "hvm",
                                  .engine_version = "2.1.4"};
    return r;
}

static struct finding *add(struct run *r, enum rule_id rule)
{
    struct finding *f = verdict_add_finding(&r->verdict);
    *f = (struct finding){.rule = rule, .severity = rules[rule].severity, .phase = PHASE_PEI};
    f->at = (struct code_place){.gva = 0x821234,
                                .module = "PeiCore",
                                .base = 0x820000,
                                .offset = 0x1234,
                                .guid = "52C05B14-0B98-496C-BC3B-04B50211D680"};
    return f;
}

static void add_write(struct run *r)
{
    struct finding *f = add(r, RULE_WRITE_RESERVED);
    f->access = ACCESS_WRITE;
    f->gpa = f->gva = 0xfc010000;
    f->size = 8;
    f->value = 0x1122334455667788;
    f->count = 512;
    f->touched = (struct span){0xfc010000, 0xfc011000};
    f->range = (struct span){0xfc00b000, 0x100000000};
    f->owner = "Xen";
    f->cls = CLASS_RESERVED;
    (void)snprintf(f->text, sizeof f->text, "write to reserved memory at 0xfc010000: Xen");
}

/* The crash that the project was made for. */
static void add_fault(struct run *r)
{
    struct finding *f = add(r, RULE_EXCEPTION);
    f->at = (struct code_place){.gva = 0x100e};
    f->has_caller = true;
    f->caller = (struct code_place){.gva = 0xefd445f9, .module = "Dxe\033Core", .base = 0xefd31000, .offset = 0x135f9};
    f->has_fault = true;
    f->fault = (struct fault_info){.vector = 14, .error_code = 2, .has_error_code = true, .cr2 = UINT64_MAX};
    f->fault.walk = (struct walk){.nr = 2, .why = "not present"};
    f->fault.walk.step[0] = (struct walk_step){0xefa01ff8, 0xefa02023, 4};
    f->fault.walk.step[1] = (struct walk_step){0xefa02ff8, 0, 3};
    f->regs.gpr[3] = UINT64_MAX;
    f->regs.rip = 0x100e;
    (void)snprintf(f->meaning, sizeof f->meaning, "the firmware stopped itself");
    (void)snprintf(f->assertion, sizeof f->assertion, "ASSERT [PeiCore] a.c(1): x\033");
    f->transfer = (struct transfer){.kind = TRANSFER_CALL,
                                    .from = f->caller,
                                    .insn = "call qword ptr [rax+0x18]",
                                    .in_memory = true,
                                    .gva = 0x818018,
                                    .gpa = 0x818018,
                                    .size = 8,
                                    .value = 0x100e};
    f->trace = &r->trace;
    r->trace.nr = FRAMES_MAX;
    r->trace.cut = true;
    for (unsigned i = 0; i < FRAMES_MAX; i++)
        r->trace.frame[i] = (struct frame){f->caller, (enum frame_found)(i % (FRAME_LIKELY + 1))};
    f->pointer = (struct pointer){.known = true,
                                  .reg = "rax",
                                  .value = 0x818000,
                                  .by = f->caller,
                                  .in_memory = true,
                                  .gva = 0x81f4e8,
                                  .gpa = 0x81f4e8,
                                  .size = 8};
    f->writer = &r->writer;
    r->writer = (struct writer){.kind = WRITER_STORE,
                                .at = {0x81f4e8, 0x81f4f0},
                                .by = f->caller,
                                .insn = "mov [rsp+0x58], rdx",
                                .trace = &r->way,
                                .author = f->caller,
                                .phase = PHASE_PEI,
                                .instructions = 1556881,
                                .virtual_ns = 1133101000,
                                .writes = 112,
                                .gpa = 0x81f4e8,
                                .old = 7,
                                .value = 0x818000,
                                .size = 8,
                                .copy = {{f->caller, f->caller, {0x1000, 0x1008}, PHASE_MEMORY}},
                                .nr_copies = 1};
    r->way.nr = 2;
    r->way.frame[0] = r->way.frame[1] = (struct frame){f->caller, FRAME_CFI};
    struct source_place *s = &r->trace.frame[1].at.source;
    *s = (struct source_place){
        .function = "PeiDispatcher", .inlined = "Walk\033", .file = "/build/edk2/Dispatcher.c", .line = 1234};
    r->verdict.last = r->last;
    r->verdict.nr_last = LAST_BLOCKS_MAX;
    for (unsigned i = 0; i < LAST_BLOCKS_MAX; i++)
        r->last[i] = (struct code_place){.gva = i < 10 ? i : i % 3};
}

/* All that a report of the hand-off can have; the HOBs are static. */
static void add_handoff(struct run *r)
{
    static struct hob hobs[] = {
        {.at = 0x3ae00000, .type = HOB_HANDOFF, .size = 0x38, .phit = {9, 0, 0x3eeb0000, 0x3ae00000, 1, 2, 0x3ae01000}},
        {.at = 0x3ae00038,
         .type = HOB_RESOURCE,
         .size = 48,
         .range = {0x100000, 0x3eeb4000},
         .attributes = 0x3c07,
         .kind = HOB_RESOURCE_RAM},
        {.at = 0x3ae00068, .type = HOB_ALLOCATION, .size = 72, .range = {1, 2}, .kind = 77, .entry = 0x3ec40000},
        {.at = 0x3ae000b0, .type = HOB_CPU, .size = 16, .mem_bits = 40, .io_bits = 16},
        {.at = 0x3ae000c0, .type = 0x4321, .size = 8},
    };
    hobs[2].guid = hobs[2].name2 = hob_guid_module;
    struct verdict *v = &r->verdict;
    v->hobs = (struct hob_list){.h = hobs, .nr = sizeof hobs / sizeof hobs[0], .complete = true};
    v->paging = (struct paging_summary){7, 0x10000000000, 0x200000, 2};
    static struct dxe_memory memory = {.when = "exit-boot-services", .given = true};
    memory.map.r[0] = (struct efi_range){{0, 0x3eeb4000}, EFI_CONVENTIONAL, 0xf, {0x1000, 0x1028}};
    memory.map.r[1] = (struct efi_range){
        {0x3eeb4000, 0x3eeb5000}, EFI_RUNTIME_CODE, EFI_ATTRIBUTE_RUNTIME | EFI_ATTRIBUTE_RO | 0x20, {0x1030, 0x1058}};
    memory.map.r[2] = (struct efi_range){{0x3eeb5000, 0x3eeb6000}, 0x70000001, 0, {0x1060, 0x1088}};
    memory.map.nr = 3;
    memory.gcd.r[0] = (struct efi_range){{0, 0x10000000000}, GCD_RAM, 8, {0x2000, 0x2050}};
    memory.gcd.nr = 1;
    memory.gcd.damage = "a link leads nowhere";
    memory.gcd.damage_at = 0x2008;
    v->memory = &memory; /* of a run that the test does not free so */
    v->known[v->nr_known++] = (struct known_difference){RULE_HOB_OVERLAP, "it is known", 3, "HOB 3 overlaps \033"};
    struct finding *f = add(r, RULE_HOB_RAM);
    f->hob = (struct finding_hob){true, 1, 0x3ae00038, {0x100000, 0x3eeb4000}, HOB_RESOURCE, HOB_RESOURCE_RAM};
    f = add(r, RULE_HOB_CPU);
    f->hob = (struct finding_hob){true, 3, 0x3ae000b0, {0, 0}, HOB_CPU, 0};
}

static char *written(struct run *r, const char *format, struct report_style style)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    r->in.exit_code = verdict_exit_code(&r->verdict);
    const struct report_writer *w = report_writer_find(format);
    assert_non_null(w);
    assert_true(case_write(&r->in, w, &style, f));
    assert_int_equal(fclose(f), 0);
    return text;
}

static void has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("no \"%s\" in:\n%s", part, text);
}

static void has_not(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("\"%s\" in:\n%s", part, text);
}

/* Never a raw control character, whatever the guest wrote. */
static void is_safe(const char *text)
{
    assert_true(text_is_safe(text, false));
}

static void writers(void **state)
{
    (void)state;
    assert_non_null(report_writer_find("text"));
    assert_non_null(report_writer_find("json"));
    assert_null(report_writer_find("yaml"));
    for (const struct report_writer *w = report_writers; w->name != NULL; w++)
        assert_true(w->help != NULL && w->write_matrix != NULL);
}

static void escapes(void **state)
{
    (void)state;
    static const char raw[] = {'a', '\0', '\x1b', '\n', '\r', '\n', '\t', '\x7f', '\xe9', '\r'};
    char *s = escape_bytes(raw, sizeof raw, false);
    assert_string_equal(s, "a\\x00\\x1b\\x0a\\x0d\\x0a\\x09\\x7f\\xe9\\x0d");
    free(s);
    s = escape_bytes(raw, sizeof raw, true);
    assert_string_equal(s, "a\\x00\\x1b\n\n\t\\x7f\\xe9\\x0d");
    free(s);
    s = escape_bytes("", 0, true);
    assert_string_equal(s, "");
    free(s);
}

static void decoded(void **state)
{
    (void)state;
    static const struct {
        unsigned vector;
        uint32_t code;
        const char *text;
    } codes[] = {
        {14, 0, "read, not present, supervisor"},
        {14, 2, "write, not present, supervisor"},
        {14, 7, "write, protection violation, user"},
        {14, 0x11, "instruction fetch, protection violation, supervisor"},
        {14, 0x9, "read, protection violation, supervisor, reserved bit set"},
        {13, 0, "no selector"},
        {13, 0x38, "GDT selector 0x38"},
        {13, 0x3d, "LDT selector 0x3c, external event"},
        {13, 0x1a, "IDT vector 3"},
        {8, 0, ""},
    };
    char out[DECODE_TEXT_SIZE];
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        decode_error_code(codes[i].vector, codes[i].code, out);
        assert_string_equal(out, codes[i].text);
    }
    decode_error_code(14, UINT32_MAX, out); /* the longest fits */
    has(out, "SGX");
    decode_page_entry(4, 0x801023, out);
    assert_string_equal(out, "P RW A");
    decode_page_entry(2, 0x80000000000000e3, out);
    assert_string_equal(out, "P RW A D PS XD");
    decode_page_entry(1, 0x1e1, out);
    assert_string_equal(out, "P A D PAT G");
    decode_page_entry(1, 0, out);
    assert_string_equal(out, "not present");
    assert_string_equal(vector_mnemonic(6), "#UD");
    assert_string_equal(vector_mnemonic(9), "#?");
    assert_string_equal(vector_mnemonic(255), "#?");
    assert_string_equal(verdict_word(70), "DEFECT");
    assert_string_equal(verdict_word(2), "DEFECT");
    assert_string_equal(verdict_word(-1), "DEFECT");
    assert_string_equal(path_last("a/b/c"), "c");
    struct layout l = {.path = ""};
    layout_label(&l, out, sizeof out);
    assert_string_equal(out, "default layout");
}

static void headlines(void **state)
{
    (void)state;
    static const struct {
        enum ending ending;
        unsigned errors, warnings;
        const char *detail, *line;
    } cases[] = {
        {END_HANDOFF, 0, 0, "",
         "PASS  builds/debug/OVMF.fd reached the DXE hand-off (hvm, hvm-1g: 1024 MiB, 1 vCPU)\n"},
        {END_HANDOFF, 0, 1, "", "PASS  builds/debug/OVMF.fd: 1 warning, reached the DXE hand-off (hvm, "},
        {END_HANDOFF, 2, 1, "", "FAIL  builds/debug/OVMF.fd: 2 errors, 1 warning, reached the DXE hand-off ("},
        {END_FINDING, 1, 0, "", "FAIL  builds/debug/OVMF.fd: 1 error, stopped in PEI (hvm"},
        {END_BUDGET, 0, 0, "2^32 instructions",
         "INCONCLUSIVE  builds/debug/OVMF.fd spent its work budget in PEI: 2^32 instru"},
        {END_UNSUPPORTED, 0, 0, "port \033",
         "INCONCLUSIVE  builds/debug/OVMF.fd needs something in PEI that hvmbed does not "
         "emulate: port \\x1b (hvm"},
        {END_ENGINE, 0, 0, "x", "DEFECT  builds/debug/OVMF.fd made hvmbed itself fail in PEI: x (hvm"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct run *r = make_run(cases[i].ending);
        /* As the user named it: a build has many files called OVMF.fd. */
        (void)snprintf(r->image.path, sizeof r->image.path, "builds/debug/OVMF.fd");
        (void)snprintf(r->verdict.detail, sizeof r->verdict.detail, "%s", cases[i].detail);
        for (unsigned n = 0; n < cases[i].warnings; n++)
            (void)add(r, RULE_READ_UNPOPULATED);
        for (unsigned n = 0; n < cases[i].errors; n++)
            add_write(r);
        char *text = written(r, "text", (struct report_style){0});
        if (strncmp(text, cases[i].line, strlen(cases[i].line)) != 0)
            fail_msg("case %zu starts: %.120s", i, text);
        free(text);
        free_run(r);
    }
}

/* Whose doing it was is said where the guest has several processors. */
static void text_processors(void **state)
{
    (void)state;
    struct run *r = make_run(END_HANDOFF);
    add_write(r);
    r->verdict.findings.f[0].vcpu = 3;
    char *text = written(r, "text", (struct report_style){0});
    has_not(text, "vcpu 3");
    has_not(text, "    vcpus");
    free(text);
    r->layout.vcpus = 4;
    r->verdict.vcpus_started = 3;
    text = written(r, "text", (struct report_style){0});
    has(text, "    phase   PEI, vcpu 3\n");
    has(text, "    vcpus   4 in the guest, 3 of them run by the firmware\n");
    free(text);
    r->verdict.mp_processors = 3;
    text = written(r, "text", (struct report_style){0});
    has(text, "3 of them run by the firmware, 3 in its HOBs\n");
    free(text);
    free_run(r);
}

static void text_findings(void **state)
{
    (void)state;
    struct run *r = make_run(END_FINDING);
    add_write(r);
    add_write(r);
    char *text = written(r, "text", (struct report_style){0});
    has(text, "\nerror[write-reserved]: write to reserved memory\n");
    has(text, "write of 8 bytes at gpa 0xfc010000, value 0x1122334455667788, first of 512 in 0xfc010000-0xfc011000\n");
    has(text, "0xfc00b000-0x100000000 reserved: Xen\n");
    has(text, "PeiCore+0x1234 (0x821234)\n");
    has_not(text, "regs");
    has_not(text, "debug output");
    has_not(text, "    limit ");
    assert_null(strstr(strstr(text, rules[RULE_WRITE_RESERVED].help) + 1, rules[RULE_WRITE_RESERVED].help));
    free(text);
    text = written(r, "text", (struct report_style){.verbose = 1});
    has(text, "regs");
    has(text, "| hello\n");
    has(text, "\\x1b[31mred\tx\n");
    is_safe(text);
    free(text);
    r->verdict.findings.nr = 0;
    r->verdict.findings.dropped = 7;
    r->verdict.reached.at[LIMIT_FINDINGS] = 256;
    add_fault(r);
    text = written(r, "text", (struct report_style){0});
    has(text, "#PF page fault (vector 14), error code 0x2 (write, not present, supervisor), cr2 0xffffffffffffffff\n");
    has(text, "PML4E at 0xefa01ff8 = 0x00000000efa02023  P RW A\n");
    has(text, "PDPTE at 0xefa02ff8 = 0x0000000000000000  not present\n");
    has(text, "ends: not present\n");
    has(text, "Dxe\\x1bCore+0x135f9 (0xefd445f9)\n");
    has(text, "0x100e (in no known module)\n");
    has(text, "rbx ffffffffffffffff");
    has(text, "7 more findings");
    has(text, "\n    limit   findings=256 was reached (findings that differ); --limit findings=N raises it\n");
    has_not(text, "access");
    has_not(text, "dxe ");
    is_safe(text);
    free(text);
    text = written(r, "text", (struct report_style){.color = true});
    has(text, "\033[1;31mFAIL\033[0m");
    free(text);
    free_run(r);
}

/* For tests/report/t_schema.sh: the reports made here, to be validated. */
static void keep_sample(const char *name, const char *text)
{
    const char *to = getenv("REPORT_SAMPLES");
    if (to == NULL)
        return;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s.json", to, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static json_t *parsed(struct run *r, const char *name, int verbose)
{
    char *text = written(r, "json", (struct report_style){.color = true, .verbose = verbose});
    char *again = written(r, "json", (struct report_style){.color = true, .verbose = verbose});
    assert_string_equal(text, again);
    is_safe(text);
    has_not(text, "secret");
    keep_sample(name, text);
    json_error_t e;
    json_t *j = json_loads(text, JSON_REJECT_DUPLICATES, &e);
    if (j == NULL)
        fail_msg("%s in %s", e.text, text);
    free(text);
    free(again);
    return j;
}

/* The value at "a.b.0.c". */
static json_t *at(json_t *j, const char *path)
{
    char copy[128];
    (void)snprintf(copy, sizeof copy, "%s", path);
    char *rest = copy, *key;
    while ((key = strsep(&rest, ".")) != NULL && j != NULL)
        j = json_is_array(j) ? json_array_get(j, strtoul(key, NULL, 10)) : json_object_get(j, key);
    if (j == NULL)
        fail_msg("no %s", path);
    return j;
}

static void is_text(json_t *j, const char *path, const char *expected)
{
    assert_string_equal(json_string_value(at(j, path)), expected);
}

static void code_in_text(void **state)
{
    (void)state;
    struct run *r = make_run(END_FINDING);
    add_fault(r);
    char *text = written(r, "text", (struct report_style){.verbose = 1});
    is_safe(text);
    has(text, "assert  ASSERT [PeiCore] a.c(1): x\\x1b\n");
    has(text, "means   the firmware stopped itself\n");
    has(text, "call    Dxe\\x1bCore+0x135f9: call qword ptr [rax+0x18]: memory at gpa 0x818018 held 0x100e\n");
    has(text, "pointer rax held 0x818000, loaded from gpa 0x81f4e8 by Dxe\\x1bCore+0x135f9");
    has(text,
        "written 0x818000 over 0x7, 8 bytes at gpa 0x81f4e8 in PEI at 1.133101 s (instruction 1556881), the last of "
        "112\n            by Dxe\\x1bCore+0x135f9 (0xefd445f9): mov [rsp+0x58], rdx\n    from    #0  Dxe");
    has(text, "copied  from gpa 0x1000 by Dxe\\x1bCore+0x135f9");
    has(text, "trace   #0  Dxe\\x1bCore+0x135f9\n            #1  Dxe\\x1bCore+0x135f9 PeiDispatcher > Walk\\x1b "
              "(Dispatcher.c:1234)  [from here]\n");
    has(text, "#6  Dxe\\x1bCore+0x135f9  [likely]\n");
    has(text, "#31 ");
    has(text, "... and more\n");
    has(text, "    0x9\n    0x1\n    0x2\n    0x0  (these 3, 18 times)\n\n");
    free(text);
    free_run(r);
}

static void code_in_json(void **state)
{
    (void)state;
    struct run *r = make_run(END_FINDING);
    add_fault(r);
    json_t *j = parsed(r, "failed-code", 1);
    is_text(j, "findings.0.assertion", "ASSERT [PeiCore] a.c(1): x\\x1b");
    is_text(j, "findings.0.transfer.kind", "call");
    is_text(j, "findings.0.transfer.memory.gpa", "0x818018");
    is_text(j, "findings.0.transfer.value", "0x100e");
    assert_true(json_is_null(at(j, "findings.0.transfer.register")));
    is_text(j, "findings.0.pointer.memory.gpa", "0x81f4e8");
    is_text(j, "findings.0.writer.kind", "store");
    is_text(j, "findings.0.writer.store.old", "0x7");
    is_text(j, "findings.0.writer.when.phase", "PEI");
    is_text(j, "findings.0.writer.copies.0.from.start", "0x1000");
    assert_int_equal(json_array_size(at(j, "findings.0.writer.backtrace")), 2);
    assert_true(json_is_null(at(j, "findings.0.author"))); /* what went astray was seen when it did */
    assert_int_equal(json_array_size(at(j, "findings.0.backtrace")), FRAMES_MAX);
    is_text(j, "findings.0.backtrace.0.found", "here");
    is_text(j, "findings.0.backtrace.3.found", "cfi");
    is_text(j, "findings.0.backtrace.1.at.function", "PeiDispatcher");
    is_text(j, "findings.0.backtrace.1.at.file", "/build/edk2/Dispatcher.c");
    assert_int_equal(json_integer_value(at(j, "findings.0.backtrace.1.at.line")), 1234);
    assert_true(json_is_null(at(j, "findings.0.rip.function")));
    assert_int_equal(json_array_size(at(j, "last_blocks")), LAST_BLOCKS_MAX);
    assert_true(json_is_null(at(j, "symbols")));
    json_decref(j);
    free_run(r);
}

static void json_clean(void **state)
{
    (void)state;
    struct run *r = make_run(END_HANDOFF);
    json_t *j = parsed(r, "clean", 0);
    static const char *const keys[] = {
        "schema",     "verdict",   "exit_code",   "ending",      "detail",     "phase",
        "handoff",    "loader",    "image",       "layout",      "memory",     "work",
        "processors", "dxe",       "hobs",        "paging",      "memory_map", "known",
        "modules",    "timeline",  "hypercalls",  "written",     "findings",   "findings_dropped",
        "fill",       "debug_log", "console_log", "last_blocks", "symbols",    "engine"};
    size_t n = 0;
    for (void *i = json_object_iter(j); i != NULL; i = json_object_iter_next(j, i), n++)
        assert_string_equal(json_object_iter_key(i), keys[n]);
    assert_int_equal(n, sizeof keys / sizeof keys[0]);
    is_text(j, "schema", "hvmbed-report/1");
    is_text(j, "verdict", "pass");
    assert_int_equal(json_integer_value(at(j, "exit_code")), 0);
    assert_int_equal(json_integer_value(at(j, "processors.guest")), 1);
    assert_true(json_is_null(at(j, "processors.in_hobs")));
    is_text(j, "image.name", "OVMF.fd");
    assert_true(json_is_null(at(j, "image.pvh")));
    assert_true(json_is_null(at(j, "loader")));
    is_text(j, "layout.file", "hvm-1g.cfg");
    is_text(j, "layout.xen_version", "4.17");
    is_text(j, "memory.low_end", "0x3eeb4000");
    is_text(j, "memory.e820.0.name", "RAM");
    assert_true(json_is_null(at(j, "memory.e820.1.name")));
    is_text(j, "dxe.hob_list", "0x3ae00000");
    is_text(j, "dxe.dxe_entry", "0x3ec40000");
    is_text(j, "modules.0.base", "0x820000");
    assert_true(json_is_null(at(j, "timeline.decompressor")));
    assert_true(json_is_null(at(j, "written")));
    assert_true(json_is_null(at(j, "fill")));
    assert_true(json_is_null(at(j, "debug_log.text")));
    is_text(j, "engine.version", "2.1.4");
    json_decref(j);
    /* The built-in layout; a PVH image. */
    r->layout.path[0] = '\0';
    r->image.pvh = (struct pvh_header){true, 0x2fffd0, 0x100000, 0x200000, 0x200000};
    r->image.gzip = true;
    r->layout.slack_pages = SLACK_AMPLE;
    j = parsed(r, "pvh", 0);
    assert_true(json_is_null(at(j, "layout.file")));
    assert_true(json_is_null(at(j, "layout.slack_pages")));
    is_text(j, "image.pvh.entry", "0x2fffd0");
    json_decref(j);
    /* A first stage. */
    const struct loader loader = {.path = "/home/user/secret/hvmloader", .size = 173724, .sha256 = {0xf5}};
    r->in.loader = &loader;
    r->in.handoff = "hvmloader";
    j = parsed(r, "loader", 0);
    is_text(j, "handoff", "hvmloader");
    is_text(j, "loader.name", "hvmloader");
    assert_int_equal(json_integer_value(at(j, "loader.size")), 173724);
    assert_int_equal(strlen(json_string_value(at(j, "loader.sha256"))), 64);
    json_decref(j);
    /* Limits that were met. */
    r->verdict.reached.at[LIMIT_LOG] = 4096;
    r->verdict.reached.at[LIMIT_WATCHES] = 128;
    j = parsed(r, "limits", 0);
    is_text(j, "limits_reached.0.limit", "log");
    assert_int_equal(json_integer_value(at(j, "limits_reached.0.value")), 4096);
    is_text(j, "limits_reached.0.option", "--limit log=N");
    assert_true(json_is_null(at(j, "limits_reached.1.option")));
    json_decref(j);
    char *text = written(r, "text", (struct report_style){0});
    has(text, "    loader  hvmloader, 0x2a69c bytes, sha256 f500");
    free(text);
    free_run(r);
}

/* @w is the verdict's until the end. */
static void add_timeline(struct run *r, struct written *w)
{
    struct timeline *t = &r->verdict.timeline;
    timeline_phase(t, PHASE_SEC, (struct timepoint){0, 0});
    timeline_phase(t, PHASE_PEI, (struct timepoint){130000, 2000});
    t->unpacks = true;
    t->unpack = (struct timepoint){100, 200};
    t->unpacked = (struct timepoint){120000, 200};
    r->verdict.module[0].first = (struct timepoint){130000, 2000};
    timeline_exit(t, PHASE_PEI, EXITED_HYPERCALL);
    timeline_call(t, PHASE_PEI, (struct timepoint){140000, 3000}, 12, 7, 0);
    timeline_call(t, PHASE_PEI, (struct timepoint){150000, 4000}, 60, 0, -38);
    r->verdict.written = w;
}

static void json_handed(void **state)
{
    (void)state;
    struct run *r = make_run(END_HANDOFF);
    struct written_run runs[] = {
        {{0x1000, 0x3000}, {PHASE_SEC, NO_MODULE}, {PHASE_PEI, 0}, "low RAM", CLASS_FREE},
        {{0x3000, 0x4000}, {PHASE_PEI, 0}, {PHASE_PEI, 0}, "low RAM", CLASS_FREE},
    };
    struct written w = {.run = runs, .nr = 2, .pages = 3};
    add_handoff(r);
    add_timeline(r, &w);
    json_t *j = parsed(r, "handed", 0);
    is_text(j, "hobs.0.phit.end", "0x3ae01000");
    is_text(j, "hobs.1.kind_name", "RAM");
    is_text(j, "hobs.1.range.end", "0x3eeb4000");
    is_text(j, "hobs.2.guid.name", "module");
    assert_true(json_is_null(at(j, "hobs.2.kind_name")));
    assert_int_equal(json_integer_value(at(j, "hobs.3.address_bits.memory")), 40);
    assert_true(json_is_null(at(j, "hobs.4.name")));
    is_text(j, "known.0.rule", "hob-overlap");
    is_text(j, "paging.writable_executable", "0x200000");
    is_text(j, "memory_map.when", "exit-boot-services");
    is_text(j, "memory_map.source", "loader");
    is_text(j, "memory_map.descriptors.0.name", "Conventional");
    is_text(j, "memory_map.descriptors.1.attribute_names", "RO RUNTIME 0x20");
    assert_true(json_is_null(at(j, "memory_map.descriptors.2.name")));
    is_text(j, "memory_map.gcd.0.name", "RAM");
    assert_true(json_is_null(at(j, "memory_map.damage")));
    is_text(j, "memory_map.gcd_damage", "a link leads nowhere");
    is_text(j, "findings.0.hob.at", "0x3ae00038");
    assert_true(json_is_null(at(j, "findings.1.hob.range")));
    is_text(j, "modules.0.phase", "PEI");
    is_text(j, "timeline.phases.1.phase", "PEI");
    assert_int_equal(json_integer_value(at(j, "timeline.decompressor.ended.virtual_ns")), 120000);
    is_text(j, "timeline.exits.8.kind", "hypercall");
    is_text(j, "timeline.exits.8.phases.0.phase", "PEI");
    is_text(j, "hypercalls.0.name", "memory_op/add_to_physmap");
    assert_true(json_is_null(at(j, "hypercalls.1.name")));
    assert_int_equal(json_integer_value(at(j, "hypercalls.1.refused")), 1);
    assert_int_equal(json_integer_value(at(j, "written.pages")), 3);
    assert_true(json_is_null(at(j, "written.runs.0.first.module")));
    is_text(j, "written.runs.0.last.module", "PeiCore");
    json_decref(j);
    free_run(r);
}

static void text_handed(void **state)
{
    (void)state;
    struct run *r = make_run(END_HANDOFF);
    add_handoff(r);
    char *text = written(r, "text", (struct report_style){0});
    has_not(text, "HOB list at 0x3ae00000:");
    has_not(text, "it is known");
    has_not(text, "page tables:");
    has_not(text, "UEFI memory map");
    free(text);
    text = written(r, "text", (struct report_style){.memory = true});
    has(text, "\nUEFI memory map (exit-boot-services), as the loader was given it: 3 descriptors;");
    has(text, "    0x000000000000-0x00003eeb4000  Conventional        UC WC WT WB                     RAM");
    has(text, "  type 0x70000001     ");
    has(text, "    damaged at 0x2008: a link leads nowhere\n");
    is_safe(text);
    free(text);
    text = written(r, "text", (struct report_style){.hobs = true});
    has(text, "HOB list at 0x3ae00000: 5 HOBs\n");
    has(text, "  1  0x03ae00038  resource RAM 0x100000-0x3eeb4000, present initialized tested UC WC WT WB\n");
    has(text, "hob-overlap: HOB 3 overlaps \\x1b, the first of 3\n        (it is known)\n");
    is_safe(text);
    free(text);
    text = written(r, "text", (struct report_style){.verbose = 1});
    has(text, "7 tables map 0x10000000000 bytes, 0x200000 of them writable and executable, in 2 ranges\n");
    free(text);
    free_run(r);
}

/* Two boots that went different ways, and a third. */
static void fill_compared(struct compare_result *c)
{
    *c = (struct compare_result){.nr_runs = 3, .blocks = 4711};
    c->run[0] = (struct compare_run){.fill = 0, .blocks = 5000, .ending = END_HANDOFF, .phase = PHASE_DXE};
    c->run[1] = (struct compare_run){.fill = 0xaf, .blocks = 5001, .ending = END_FINDING, .phase = PHASE_PEI};
    c->run[2] = (struct compare_run){.fill = 0xf5, .added = true, .blocks = 5000, .phase = PHASE_DXE};
    const struct code_place code = {.gva = 0x821234, .module = "Pei\033Core", .base = 0x820000, .offset = 0x1234};
    const struct compare_access a = {
        .known = true, .at = code, .gpa = {0x1000, 0x2000}, .value = {0, 0xaf}, .size = 1, .unwritten = true};
    struct compare_flow *f = &c->flow;
    *f = (struct compare_flow){.diverged = true, .other = 1, .block = 4711, .from = code, .phase = PHASE_PEI};
    (void)snprintf(f->insn, sizeof f->insn, "jz 0x821240");
    f->side[0].to = code;
    f->side[0].regs.gpr[3] = 0xb0;
    f->side[1].ended = true;
    f->read = f->origin = a;
    f->origin.at.gva++;
    c->hobs_compared = c->hobs_traced = true;
    c->hob_runs[1] = 2;
    c->hob_bytes = 20;
    c->nr_hobs = 2;
    c->hobs_dropped = 3;
    c->hob[0] = (struct compare_hob){.index = 7, .gpa = 0x3000, .type = 4, .length = 0x40, .offset = 0x20, .size = 17};
    c->hob[0].has_guid = true;
    (void)snprintf(c->hob[0].what, sizeof c->hob[0].what, "GUID Xen info, 40 bytes");
    (void)snprintf(c->hob[0].field, sizeof c->hob[0].field, "data at 0x8");
    memset(c->hob[0].bytes[1], 0xf5, COMPARE_BYTES_MAX);
    c->hob[0].write = c->hob[0].origin = a;
    c->hob[1] = (struct compare_hob){.index = 8, .gpa = 0x3040, .type = 7, .length = 0x10, .size = 3, .maker = code};
    (void)snprintf(c->hob[1].what, sizeof c->hob[1].what, "pool (type 0x7), 16 bytes");
    (void)snprintf(c->hob[1].field, sizeof c->hob[1].field, "HobType to HobLength");
}

static void fills(void **state)
{
    (void)state;
    struct run *r = make_run(END_HANDOFF);
    struct compare_result *c = calloc(1, sizeof *c);
    assert_non_null(c);
    fill_compared(c);
    r->in.compared = c;
    char *text = written(r, "text", (struct report_style){0});
    has(text, "    fill    0x0000000000000000: 5000 blocks, reached the hand-off\n");
    has(text, "0x00000000000000af: 5001 blocks, ended in PEI (finding)\n");
    has(text, "0x0 and 0xaf go different ways after 4711 blocks, in PEI\n");
    has(text, "at Pei\\x1bCore+0x1234 (0x821234): jz 0x821240, to Pei\\x1bCore+0x1234 (0x821234) and the run's end\n");
    has(text, "differ: rbx 0xb0 and 0x0\n");
    has(text, ": 1 byte at gpa 0x1000 and 0x2000, 0x0 and 0xaf, never written\n");
    has(text, "HOB lists with 0x0 and 0xf5: 20 bytes differ\n");
    has(text, "HOB 7 at 0x3000 (GUID Xen info, 40 bytes), data at 0x8 (offset 0x20), 17 bytes: 00 00 00 00.. and f5");
    has(text,
        "HOB 8 at 0x3040 (pool (type 0x7), 16 bytes), HobType to HobLength (offset 0x0), 3 bytes: 00 00 00 and 00 00 00, never written; the HOB by Pei");
    has(text, "3 more stretches");
    is_safe(text);
    free(text);
    json_t *j = parsed(r, "fill", 0);
    is_text(j, "fill.runs.1.fill", "0xaf");
    is_text(j, "fill.divergence.fills.1", "0xaf");
    is_text(j, "fill.divergence.origin.gpa.1", "0x2000");
    assert_true(json_is_null(at(j, "fill.divergence.sides.1.to")));
    is_text(j, "fill.hobs.fills.1", "0xf5");
    is_text(j, "fill.hobs.differences.0.bytes.1", "f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5f5");
    assert_true(json_is_null(at(j, "fill.hobs.differences.0.maker")));
    assert_true(json_is_null(at(j, "fill.hobs.differences.1.write")));
    is_text(j, "fill.hobs.differences.1.bytes.0", "000000");
    json_decref(j);
    /* Nothing differs. */
    c->flow.diverged = false;
    c->nr_hobs = c->hobs_dropped = c->hob_bytes = 0;
    text = written(r, "text", (struct report_style){0});
    has(text, "no divergence in 4711 blocks\n");
    has(text, ": the same\n");
    free(text);
    json_decref(parsed(r, "fill-same", 0));
    c->hobs_compared = false;
    json_decref(parsed(r, "fill-none", 0));
    free(c);
    free_run(r);
}

static void json_failed(void **state)
{
    (void)state;
    struct run *r = make_run(END_FINDING);
    add_write(r);
    add_fault(r);
    r->verdict.findings.f[0].owner = NULL;
    struct compare_result *c = calloc(1, sizeof *c);
    assert_non_null(c);
    fill_compared(c);
    r->in.compared = c;
    json_t *j = parsed(r, "failed", 1);
    is_text(j, "verdict", "fail");
    is_text(j, "ending", "finding");
    assert_true(json_is_null(at(j, "dxe")));
    is_text(j, "findings.0.rule", "write-reserved");
    is_text(j, "findings.0.access.value", "0x1122334455667788");
    assert_int_equal(json_integer_value(at(j, "findings.0.access.count")), 512);
    is_text(j, "findings.0.range.class", "reserved");
    is_text(j, "findings.0.rip.module", "PeiCore");
    is_text(j, "findings.0.rip.offset", "0x1234");
    assert_true(json_is_null(at(j, "findings.0.fault")));
    assert_true(json_is_null(at(j, "findings.1.access")));
    assert_true(json_is_null(at(j, "findings.1.rip.module")));
    is_text(j, "findings.1.caller.module", "Dxe\\x1bCore");
    is_text(j, "findings.1.fault.error_code", "0x2");
    is_text(j, "findings.1.fault.walk.steps.1.level", "PDPTE");
    is_text(j, "findings.1.fault.walk.why", "not present");
    is_text(j, "findings.1.registers.rbx", "0xffffffffffffffff");
    is_text(j, "debug_log.text", "hello\n\\x1b[31mred\tx\nend");
    json_decref(j);
    free(c);
    free_run(r);
}

/* Every rule and ending, once through each writer. */
static void json_everything(void **state)
{
    (void)state;
    for (enum ending e = END_HANDOFF; e <= END_ENGINE; e++) {
        struct run *r = make_run(e);
        for (enum rule_id rule = 0; rule < RULE_COUNT; rule++) {
            struct finding *f = add(r, rule);
            f->access = (enum access_kind)(rule % 4);
            f->has_fault = rule % 2 == 0;
            f->fault.vector = 13 + rule % 2;
            f->fault.has_error_code = rule % 3 != 0;
            f->fault.walk.present = rule % 2 == 0;
            f->severity = (enum severity)(rule % 3);
        }
        char name[16];
        (void)snprintf(name, sizeof name, "all-%d", (int)e);
        json_t *j = parsed(r, name, 1);
        is_text(j, "ending", ending_name(e));
        assert_int_equal(json_array_size(at(j, "findings")), RULE_COUNT);
        json_decref(j);
        char *text = written(r, "text", (struct report_style){.verbose = 1});
        is_safe(text);
        for (enum rule_id rule = 0; rule < RULE_COUNT; rule++)
            has(text, rules[rule].title);
        free(text);
        free_run(r);
    }
}

/* What of one run is told in every form, whatever the form. */
static void every_form(void **state)
{
    (void)state;
    struct report_style style = {0};
    for (const struct report_writer *w = report_writers; w->name != NULL; w++) {
        struct run *r = make_run(END_FINDING);
        add_write(r);
        add_fault(r);
        char *text = written(r, w->name, style);
        assert_true(text_is_safe(text, w->written));
        if (strcmp(w->name, "text") != 0) /* which names the file as it was given */
            has_not(text, "secret");
        has(text, rules[RULE_EXCEPTION].title);
        free(text);
        free_run(r);
    }
}

/* Who is to blame comes with its calls; what was found at the hand-off has none of its own. */
static void taken(void **state)
{
    (void)state;
    struct run *r = make_run(END_FINDING);
    struct case_result c = {0};
    add_fault(r);
    r->in.exit_code = 1;
    assert_true(case_take(&r->in, &c));
    assert_int_equal(c.nr_findings, 1);
    const struct case_finding *f = &c.finding[0];
    assert_true(f->has_blamed);
    assert_string_equal(f->blamed.module, "Dxe\033Core");
    assert_int_equal(f->trace->nr, FRAMES_MAX);
    static const enum step_kind way[] = {STEP_TRANSFER, STEP_CALLER, STEP_POINTER, STEP_COPIED, STEP_WRITTEN};
    assert_int_equal(f->nr_steps, sizeof way / sizeof way[0]);
    for (size_t i = 0; i < f->nr_steps; i++)
        assert_int_equal(f->step[i].kind, way[i]);
    has(f->details, "error[exception]: CPU exception\n");
    assert_int_equal(strlen(f->fingerprint), 16);
    assert_int_equal(c.log_size, r->verdict.debug_log_size);
    case_result_free(&c);
    free_run(r);

    r = make_run(END_HANDOFF);
    add_handoff(r);
    r->verdict.findings.f[1].writer = &r->writer;
    r->writer.author = (struct code_place){.gva = 5, .module = "PlatformPei", .offset = 5};
    r->writer.trace = &r->way;
    r->way.nr = 2;
    c = (struct case_result){0};
    r->in.exit_code = 0;
    assert_true(case_take(&r->in, &c));
    assert_false(c.finding[0].has_blamed);
    assert_null(c.finding[0].trace);
    assert_string_equal(c.finding[1].blamed.module, "PlatformPei");
    assert_int_equal(c.finding[1].trace->nr, 2);
    assert_null(c.log);
    case_result_free(&c);
    free_run(r);
}

/* Of a long debug output the end, from the start of a line. */
static void log_end(void **state)
{
    (void)state;
    struct run *r = make_run(END_FINDING);
    struct case_result c = {0};
    char *log = malloc(10000);
    assert_non_null(log);
    for (size_t i = 0; i < 10000; i++)
        log[i] = (char)(i % 100 == 99 ? '\n' : 'a' + (char)(i / 100 % 26));
    r->verdict.debug_log = log;
    r->verdict.debug_log_size = 10000;
    r->in.exit_code = 3;
    assert_true(case_take(&r->in, &c));
    assert_int_equal(c.log_size, 4000);
    assert_memory_equal(c.log, log + 6000, 4000);
    case_result_free(&c);
    free(log);
    free_run(r);
}

static void full_disk(void **state)
{
    (void)state;
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL)
        skip();
    (void)setvbuf(full, NULL, _IONBF, 0);
    struct run *r = make_run(END_FINDING);
    struct report_style style = {0};
    add_fault(r);
    r->in.exit_code = verdict_exit_code(&r->verdict);
    for (const struct report_writer *w = report_writers; w->name != NULL; w++) {
        clearerr(full);
        assert_false(case_write(&r->in, w, &style, full));
    }
    free_run(r);
    (void)fclose(full);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writers),         cmocka_unit_test(escapes),       cmocka_unit_test(decoded),
        cmocka_unit_test(headlines),       cmocka_unit_test(text_findings), cmocka_unit_test(text_processors),
        cmocka_unit_test(code_in_text),    cmocka_unit_test(code_in_json),  cmocka_unit_test(json_clean),
        cmocka_unit_test(json_handed),     cmocka_unit_test(text_handed),   cmocka_unit_test(json_failed),
        cmocka_unit_test(json_everything), cmocka_unit_test(full_disk),     cmocka_unit_test(fills),
        cmocka_unit_test(every_form),      cmocka_unit_test(taken),         cmocka_unit_test(log_end),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
