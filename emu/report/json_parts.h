/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pieces of the JSON report. Each gives a new reference, or NULL when out of memory. */
#ifndef HVMBED_REPORT_JSON_PARTS_H
#define HVMBED_REPORT_JSON_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "check/finding.h"
#include "compare/result.h"
#include "image/image.h"

/* "0x…": 64-bit addresses do not fit the numbers of most JSON readers. */
json_t *json_hex(uint64_t v);
/* Bytes that may be the guest's or a file name's, escaped; @lines as for escape_bytes. */
json_t *json_safe_n(const char *text, size_t n, bool lines);
json_t *json_safe(const char *text);
json_t *json_span(struct span s);
/* "pass", "fail", "inconclusive", "defect" */
json_t *json_verdict(int exit_code);

/* Which firmware it is, and what it can boot. */
json_t *json_image_verdict(const struct image_verdict *v);

/* limits.c: those that were met; and as a member of @report, where one was. False: out of memory. */
#define LIMITS_REACHED "limits_reached"
json_t *json_limits(const struct limits_reached *r);
bool json_set_limits(json_t *report, const struct limits_reached *r);

/* A file's GUID, null for "". */
json_t *json_guid(const char *guid);
/* An address in code, and what is known about it. */
json_t *json_place(const struct code_place *p);
/* null for "" */
json_t *json_words(const char *text);
json_t *json_backtrace(const struct backtrace *b);
/* json_writer.c: null when nothing is known; null when nobody has looked */
json_t *json_pointer(const struct pointer *p);
json_t *json_writer(const struct writer *w);
json_t *json_registers(const struct cpu_regs *r);
json_t *json_finding(const struct finding *f);
/* null for NULL: one boot */
json_t *json_fill(const struct compare_result *r);

/* json_timeline.c; the last is null where nobody has asked. */
json_t *json_timepoint(struct timepoint t);
json_t *json_timeline(const struct verdict *v);
json_t *json_hypercalls(const struct verdict *v);
json_t *json_written(const struct verdict *v);

/* json_hobs.c: null before the hand-off; what is known to differ; the page tables, null when not looked at. */
/* json_dispatch.c: null for NULL */
json_t *json_dispatch(const struct dxe_dispatch *d);
json_t *json_hobs(const struct verdict *v);
json_t *json_known(const struct verdict *v);
json_t *json_paging(const struct verdict *v);
/* json_memory.c: null where DXE's memory was not read */
json_t *json_memory_map(const struct verdict *v);

#endif
