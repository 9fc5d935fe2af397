/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libhvmbed: boots a firmware image in a guest as Xen makes it, and tells what it did wrong; what `hvmbed run` does, for
 * other programs. docs/library.md shows how it is used.
 *
 * A struct hvmbed is one bed: an image, a layout, options, and what came of the last boot. The library prints nothing,
 * never ends the program, changes no signal, locale or working directory, and keeps no state outside of beds. A bed
 * belongs to one thread at a time; different beds may be used by different threads at once. hvmbed_new() apart, a
 * function that fails says why in hvmbed_error() of its bed. Strings that are returned belong to the bed, unless
 * said otherwise, and stay until it is changed, booted again or freed; they are UTF-8, and never NULL unless said so.
 *
 * What is here stays: functions may be added (HVMBED_API then grows), but none goes or changes its meaning while the
 * library is called libhvmbed.so.0. The names of rules, phases, endings and formats are as stable; texts for people are not.
 */
#ifndef HVMBED_H
#define HVMBED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

#define HVMBED_API 1

struct hvmbed;         /* a bed */
struct hvmbed_finding; /* one broken rule, of a bed's last boot */

enum hvmbed_severity { HVMBED_NOTE, HVMBED_WARNING, HVMBED_ERROR };

/* The library's version, "0.1.0", and its HVMBED_API: at least the one that a program was compiled with. */
const char *hvmbed_version(void);
unsigned hvmbed_api(void);

/* NULL: out of memory. Without a layout a bed has an HVM guest of 1 GiB. NULL may be freed. */
struct hvmbed *hvmbed_new(void);
void hvmbed_free(struct hvmbed *bed);
/* Why the last function that failed did: "FILE:LINE: what is wrong", or "" when none has. */
const char *hvmbed_error(const struct hvmbed *bed);

/* --- what to boot. Each forgets the last boot. */

/* The firmware: a file, plain or gzip, or bytes, which are copied; @name is for messages and reports. */
bool hvmbed_image_file(struct hvmbed *bed, const char *path);
bool hvmbed_image_bytes(struct hvmbed *bed, const char *name, const void *bytes, size_t size);

/* The guest: an xl.cfg file, such a file's text, or a preset by its name ("hvm-4g"). */
bool hvmbed_layout_file(struct hvmbed *bed, const char *path);
bool hvmbed_layout_text(struct hvmbed *bed, const char *name, const char *text);
bool hvmbed_layout_preset(struct hvmbed *bed, const char *name);
/* The @i-th thing that the guest's file asks for and does not get; NULL behind the last. */
const char *hvmbed_layout_note(const struct hvmbed *bed, size_t i);

/*
 * An option of hvmbed-run(1) that concerns the boot, by its long name without dashes: "until", "handoff", "hvmloader",
 * "disk", "symbols", "budget", "warn", "error", "fill", "why" and so on. @value NULL for one that takes none.
 */
bool hvmbed_option(struct hvmbed *bed, const char *name, const char *value);
/* The @i-th option's name and one line about it, static; NULL behind the last. */
const char *hvmbed_option_name(size_t i);
const char *hvmbed_option_help(size_t i);

/* --- booting */

/* True: the firmware was booted, whatever came of it. False: it could not be. Takes from half a second to minutes. */
bool hvmbed_boot(struct hvmbed *bed);

/* --- what came of the last boot; before any: 2, "", 0 */

/* What `hvmbed run` exits with: 0 arrived without an error, 1 a finding, 3 inconclusive, 70 a defect in hvmbed. */
int hvmbed_exit_code(const struct hvmbed *bed);
/* "handoff", "reached", "finding", "budget", "unsupported", "engine"; and more about the last three, or "". */
const char *hvmbed_ending(const struct hvmbed *bed);
const char *hvmbed_detail(const struct hvmbed *bed);
/* How far it came: "SEC", "PEI", "PEI-mem", "DXE". */
const char *hvmbed_phase(const struct hvmbed *bed);
uint64_t hvmbed_instructions(const struct hvmbed *bed);
uint64_t hvmbed_virtual_ns(const struct hvmbed *bed);
/* What the firmware wrote to its debug port and to its PV console: @size bytes, not NUL-terminated; NULL for none. */
const char *hvmbed_debug_log(const struct hvmbed *bed, size_t *size);
const char *hvmbed_console_log(const struct hvmbed *bed, size_t *size);

/* Findings, in the order in which they were made. */
size_t hvmbed_finding_count(const struct hvmbed *bed);
const struct hvmbed_finding *hvmbed_finding_at(const struct hvmbed *bed, size_t i); /* NULL: there is none */

const char *hvmbed_finding_rule(const struct hvmbed_finding *f); /* "write-reserved" */
enum hvmbed_severity hvmbed_finding_severity(const struct hvmbed_finding *f);
const char *hvmbed_finding_phase(const struct hvmbed_finding *f);
const char *hvmbed_finding_text(const struct hvmbed_finding *f);        /* one sentence for people */
const char *hvmbed_finding_fingerprint(const struct hvmbed_finding *f); /* 16 digits: the same fault in other runs */
uint64_t hvmbed_finding_times(const struct hvmbed_finding *f);          /* accesses that were folded into it */
unsigned hvmbed_finding_vcpu(const struct hvmbed_finding *f);
/* What was touched: guest-physical and virtual address, bytes; 0 where a finding is about no access. And whose it is. */
uint64_t hvmbed_finding_gpa(const struct hvmbed_finding *f);
uint64_t hvmbed_finding_gva(const struct hvmbed_finding *f);
unsigned hvmbed_finding_size(const struct hvmbed_finding *f);
const char *hvmbed_finding_owner(const struct hvmbed_finding *f);
/* The instruction: address, module ("" when unknown) and offset in it; with symbols function, file ("") and line (0). */
uint64_t hvmbed_finding_rip(const struct hvmbed_finding *f);
const char *hvmbed_finding_module(const struct hvmbed_finding *f);
uint64_t hvmbed_finding_offset(const struct hvmbed_finding *f);
const char *hvmbed_finding_function(const struct hvmbed_finding *f);
const char *hvmbed_finding_file(const struct hvmbed_finding *f);
unsigned hvmbed_finding_line(const struct hvmbed_finding *f);

/* The report of the last boot, to @out or into memory, which the caller frees with free(); NUL-terminated behind @size. */
bool hvmbed_report(struct hvmbed *bed, const char *format, FILE *out);
bool hvmbed_report_memory(struct hvmbed *bed, const char *format, char **text, size_t *size);
/* The @i-th format's name, "text", "json" …; static, NULL behind the last. */
const char *hvmbed_format_name(size_t i);

/* --- rules: by number; static strings, NULL behind the last */
const char *hvmbed_rule_name(size_t i);
const char *hvmbed_rule_title(size_t i); /* "write to reserved memory" */
const char *hvmbed_rule_help(size_t i);
enum hvmbed_severity hvmbed_rule_severity(size_t i);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
