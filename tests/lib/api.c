/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The library as another program sees it: api CASE FOLDER, where test ROMs are. Each case prints what is wrong with it. */
#include <hvmbed.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *folder;
static int bad;

#define CHECK(what) ((what) ? (void)0 : (void)(bad++, printf("line %d: %s\n", __LINE__, #what)))

static const char *rom(const char *name, char path[512])
{
    (void)snprintf(path, 512, "%s/%s.fd", folder, name);
    return path;
}

static struct hvmbed *bed_with(const char *name)
{
    char path[512];
    struct hvmbed *bed = hvmbed_new();
    if (!hvmbed_image_file(bed, rom(name, path)) || !hvmbed_option(bed, "handoff", "hvm"))
        printf("%s\n", hvmbed_error(bed)), bad++;
    return bed;
}

static void good(void)
{
    struct hvmbed *bed = bed_with("good");
    CHECK(hvmbed_exit_code(bed) == 2 && hvmbed_ending(bed)[0] == '\0' && hvmbed_finding_count(bed) == 0);
    CHECK(hvmbed_boot(bed));
    CHECK(hvmbed_exit_code(bed) == 0 && strcmp(hvmbed_ending(bed), "handoff") == 0);
    CHECK(strcmp(hvmbed_phase(bed), "DXE") == 0 && hvmbed_instructions(bed) != 0 && hvmbed_virtual_ns(bed) != 0);
    CHECK(hvmbed_finding_count(bed) == 0 && hvmbed_finding_at(bed, 0) == NULL);
    CHECK(strcmp(hvmbed_error(bed), "") == 0);
    hvmbed_free(bed);
    hvmbed_free(NULL);
}

static void finding(void)
{
    struct hvmbed *bed = bed_with("write-reserved-console");
    CHECK(hvmbed_layout_preset(bed, "hvm-1g") && hvmbed_boot(bed));
    CHECK(hvmbed_exit_code(bed) == 1 && hvmbed_finding_count(bed) == 1);
    const struct hvmbed_finding *f = hvmbed_finding_at(bed, 0);
    CHECK(f != NULL);
    if (f != NULL) {
        CHECK(strcmp(hvmbed_finding_rule(f), "write-reserved") == 0 && hvmbed_finding_severity(f) == HVMBED_ERROR);
        CHECK(hvmbed_finding_gpa(f) == 0xfefff000 && hvmbed_finding_size(f) == 4 && hvmbed_finding_times(f) == 1);
        CHECK(strcmp(hvmbed_finding_phase(f), "PEI") == 0 && strcmp(hvmbed_finding_module(f), "TestPei") == 0);
        CHECK(strstr(hvmbed_finding_owner(f), "console") != NULL && hvmbed_finding_text(f)[0] != '\0');
        CHECK(strlen(hvmbed_finding_fingerprint(f)) == 16 && hvmbed_finding_vcpu(f) == 0);
        CHECK(hvmbed_finding_rip(f) > hvmbed_finding_offset(f) && hvmbed_finding_line(f) == 0);
    }
    /* The same bed again, with the rule as a warning. */
    CHECK(hvmbed_option(bed, "warn", "write-reserved") && hvmbed_finding_count(bed) == 0 && hvmbed_boot(bed));
    CHECK(hvmbed_exit_code(bed) == 0 && hvmbed_finding_severity(hvmbed_finding_at(bed, 0)) == HVMBED_WARNING);
    hvmbed_free(bed);
}

static void bytes(void)
{
    char path[512];
    static unsigned char image[4 << 20];
    FILE *in = fopen(rom("good", path), "rb");
    const size_t n = in != NULL ? fread(image, 1, sizeof image, in) : 0;
    struct hvmbed *bed = hvmbed_new();
    CHECK(in != NULL && fclose(in) == 0);
    CHECK(hvmbed_image_bytes(bed, "mine", image, n));
    memset(image, 0, n); /* it has a copy */
    CHECK(hvmbed_layout_text(bed, "guest", "type = \"hvm\"\nmemory = 512\nvga = \"none\"\nserial = \"pty\"\n"));
    CHECK(strncmp(hvmbed_layout_note(bed, 0), "serial: ", 8) == 0 && hvmbed_layout_note(bed, 1) == NULL);
    CHECK(hvmbed_option(bed, "handoff", "hvm") && hvmbed_option(bed, "fill", "af") && hvmbed_boot(bed));
    CHECK(hvmbed_exit_code(bed) == 0);
    hvmbed_free(bed);
}

static bool fails(struct hvmbed *bed, bool done, const char *why)
{
    if (!done && strstr(hvmbed_error(bed), why) != NULL)
        return true;
    printf("%s where '%s' is due\n", done ? "success" : hvmbed_error(bed), why);
    return false;
}

static void errors(void)
{
    char *text;
    size_t n;
    struct hvmbed *bed = hvmbed_new();
    CHECK(fails(bed, hvmbed_boot(bed), "no firmware image"));
    CHECK(fails(bed, hvmbed_image_file(bed, "/nonexistent/OVMF.fd"), "/nonexistent/OVMF.fd: "));
    CHECK(fails(bed, hvmbed_image_bytes(bed, "zeros", "", 0), "zeros: "));
    CHECK(fails(bed, hvmbed_layout_text(bed, "mine", "type = \"hvm\"\nmemory = 0\n"), "mine:2: "));
    CHECK(fails(bed, hvmbed_layout_text(bed, "mine", "type = \"hvm\"\nmemory = [\n"), "mine:"));
    CHECK(fails(bed, hvmbed_layout_file(bed, "/nonexistent/guest.cfg"), "/nonexistent/guest.cfg: "));
    CHECK(fails(bed, hvmbed_layout_preset(bed, "hvm-17g"), "hvm-17g: "));
    CHECK(fails(bed, hvmbed_option(bed, "no-such", "1"), "no option"));
    CHECK(fails(bed, hvmbed_option(bed, "layout", "hvm-1g"), "no option"));
    CHECK(fails(bed, hvmbed_option(bed, "handoff", "bios"), "handoff: 'bios' is not"));
    CHECK(fails(bed, hvmbed_option(bed, "handoff", NULL), "handoff takes"));
    CHECK(fails(bed, hvmbed_option(bed, "no-checks", "yes"), "takes no value"));
    CHECK(fails(bed, hvmbed_report_memory(bed, "json", &text, &n), "nothing was booted") && text == NULL);
    hvmbed_free(bed);
    bed = bed_with("good");
    CHECK(hvmbed_boot(bed) && fails(bed, hvmbed_report_memory(bed, "pdf", &text, &n), "no format") && text == NULL);
    FILE *full = fopen("/dev/full", "w");
    CHECK(fails(bed, hvmbed_report(bed, "text", full), "cannot write"));
    (void)fclose(full);
    CHECK(hvmbed_option(bed, "symbols", "/nonexistent") && fails(bed, hvmbed_boot(bed), "/nonexistent: "));
    hvmbed_free(bed);
}

static void lists(void)
{
    size_t nr_rules = 0, nr_options = 0;
    bool text = false, until = false;
    for (size_t i = 0; hvmbed_rule_name(i) != NULL; i++, nr_rules++)
        CHECK(hvmbed_rule_title(i) != NULL && hvmbed_rule_help(i) != NULL && hvmbed_rule_severity(i) <= HVMBED_ERROR);
    for (size_t i = 0; hvmbed_option_name(i) != NULL; i++, nr_options++) {
        CHECK(hvmbed_option_help(i)[0] != '\0' && strcmp(hvmbed_option_name(i), "layout") != 0);
        until = until || strcmp(hvmbed_option_name(i), "until") == 0;
    }
    for (size_t i = 0; hvmbed_format_name(i) != NULL; i++)
        text = text || strcmp(hvmbed_format_name(i), "text") == 0;
    CHECK(nr_rules > 40 && nr_options > 10 && text && until);
    CHECK(hvmbed_rule_title(nr_rules) == NULL && hvmbed_option_help(nr_options) == NULL);
    CHECK(hvmbed_api() == HVMBED_API && hvmbed_version()[0] != '\0');
}

/* The report, on standard output. */
static void report(void)
{
    struct hvmbed *bed = bed_with("write-reserved-console");
    char *text = NULL;
    size_t n = 0;
    CHECK(hvmbed_layout_preset(bed, "hvm-1g") && hvmbed_boot(bed) && hvmbed_report_memory(bed, "json", &text, &n));
    if (text != NULL)
        CHECK(strlen(text) == n && fwrite(text, 1, n, stdout) == n);
    free(text);
    hvmbed_free(bed);
}

static const char *const many[] = {"good", "exec-null-call", "write-reserved-console", "exception-pf-write"};
#define NR_MANY (sizeof many / sizeof many[0])

static void *boot_many(void *arg)
{
    char **out = arg;
    for (size_t i = 0; i < NR_MANY; i++) {
        struct hvmbed *bed = bed_with(many[i]);
        size_t n;
        if (!hvmbed_boot(bed) || !hvmbed_report_memory(bed, "json", &out[i], &n))
            out[i] = NULL;
        hvmbed_free(bed);
    }
    return NULL;
}

static void threads(void)
{
    char *alone[NR_MANY], *two[3][NR_MANY];
    pthread_t thread[3];
    (void)boot_many(alone);
    for (size_t t = 0; t < 3; t++)
        CHECK(pthread_create(&thread[t], NULL, boot_many, two[t]) == 0);
    for (size_t t = 0; t < 3; t++)
        CHECK(pthread_join(thread[t], NULL) == 0);
    for (size_t i = 0; i < NR_MANY; i++) {
        for (size_t t = 0; t < 3; t++) {
            CHECK(alone[i] != NULL && two[t][i] != NULL && strcmp(alone[i], two[t][i]) == 0);
            free(two[t][i]);
        }
        free(alone[i]);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } cases[] = {{"good", good},   {"finding", finding}, {"bytes", bytes},    {"errors", errors},
                 {"lists", lists}, {"report", report},   {"threads", threads}};
    for (size_t i = 0; argc == 3 && i < sizeof cases / sizeof cases[0]; i++)
        if (strcmp(argv[1], cases[i].name) == 0) {
            folder = argv[2];
            cases[i].run();
            return bad != 0;
        }
    return 2;
}
