/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. */
#ifndef HVMBED_CHECK_INTERNAL_H
#define HVMBED_CHECK_INTERNAL_H

#include "check/code/insn.h"
#include "check/monitor.h"

/* record.c */
/*
 * A new finding with its rule, severity, phase, place and registers filled, or the earlier one of the same rule,
 * instruction and range with its count raised (*@again). NULL when the list is full. Stops the machine when the
 * rule says so.
 */
struct finding *record(struct monitor *mon, enum rule_id rule, uint64_t pc, const struct plan_range *range,
                       bool *again);
/* A finding of its own, whatever was found before; without a backtrace. */
struct finding *record_new(struct monitor *mon, enum rule_id rule, uint64_t pc, const struct plan_range *range);
/* Widens the range that the accesses folded into @f span. */
void record_touch(struct finding *f, uint64_t gpa, uint64_t size);
/* Ends the run with @e. */
void end_run(struct monitor *mon, enum ending e, const char *detail);
/* Where the run is, for its timeline; not while the decompressor runs uncounted. */
struct timepoint timepoint_now(struct monitor *mon);

/* known.c: an access of DXE that breaks @rule is known to be harmless, and has been listed as such. */
bool known_access(struct monitor *mon, enum rule_id rule, uint64_t pc, uint64_t gpa);

/* handoff.c: lists a known difference; the first of its kind with @text. */
void tell_known(struct verdict *v, enum rule_id rule, const char *text, const char *why);

/* boot.c: phases and the hand-off */
/* True while a first stage runs: its blocks are not the firmware's. */
bool boot_loading(struct monitor *mon, const struct engine_block *b);
void boot_block(struct monitor *mon, const struct engine_block *b);
void boot_paused(struct monitor *mon);

/* platform.c: is PEI memory published? For who wants to know no more. */
void platform_block(struct monitor *mon, const struct engine_block *b);
void platform_paused(struct monitor *mon);
/* The guest's memory, for the HOB list. */
struct hob_reader boot_hob_reader(const struct monitor *mon);

/* dxe.c: past the hand-off */
void dxe_begin(struct monitor *mon);
void dxe_block(struct monitor *mon, const struct engine_block *b);
void dxe_break(struct monitor *mon, uint64_t pc);
void dxe_paused(struct monitor *mon);
/* What the dispatcher did not do and why: once, for a finding or at the end. */
void dxe_explain_dispatch(struct monitor *mon);
/* The DXE core called through NULL: which protocol it was that is not there. */
void dxe_explain_call(struct monitor *mon, struct finding *f);
void dxe_end(struct monitor *mon);
/* For reading what the DXE core keeps: the guest's memory. */
struct efi_reader dxe_reader(const struct monitor *mon);
/* The run has come as far as it was to. */
void dxe_arrive(struct monitor *mon);

/* handoff/tables.c: all page tables, as far as the limit goes. False when there are more of them. */
struct pagemap_visitor;
bool look_at_tables(struct monitor *mon, const struct pagemap_visitor *visitor);

/* written.c: from where the firmware is entered, if that was asked for, to the end. Not from a callback. */
void written_begin(struct monitor *mon);
void written_end(struct monitor *mon);
/* Somebody else than the processor's own stores has written. */
void written_by_host(struct monitor *mon, struct span at);

/* notice.c */
void notice_taken(struct monitor *mon, const struct machine_notice *n);
/* The first stage has entered the firmware: is it there? */
void notice_entry(struct monitor *mon);
/* Stops where the bed can do no more of what Xen would. */
void notice_limits(struct monitor *mon);

/* modules.c */
/* The module that holds @gva, found by its header in guest memory; NULL when there is none. */
const struct module *module_at(struct monitor *mon, uint64_t gva);
/* Is there a module that has been seen and holds these bytes? */
bool module_holds(const struct monitor *mon, const uint8_t *bytes, size_t n);
/* The volumes that the HOB list names: the DXE core comes from one that nothing ran from in place. */
void note_volumes(struct monitor *mon, uint64_t hob_list);
/* The module that was loaded to @base is no longer there. */
void module_unloaded(struct monitor *mon, uint64_t base);
/* A volume of the monitor's list, as it is in memory; NULL when it is not there. */
const uint8_t *volume_bytes(const struct monitor *mon, size_t i, size_t *n);
/* The same, among those that code has run in. */
const struct module *module_known(const struct monitor *mon, uint64_t gva);
/* Its bytes in memory, @n of them. NULL when they are not in one piece of RAM. */
const uint8_t *module_bytes(const struct monitor *mon, const struct module *mod, size_t *n);
void place_code(struct monitor *mon, uint64_t gva, struct code_place *out);
/* A place that code ran at: only modules that are known already are looked at. */
void place_block(struct monitor *mon, uint64_t gva, struct code_place *out);
/* Module and offset alone, for what is no finding: nothing is read for it. */
void place_without_source(struct monitor *mon, uint64_t gva, struct code_place *out);
/* A return address: its source line is that of the call before it. */
void place_return(struct monitor *mon, uint64_t gva, struct code_place *out);
/* The .debug file that @mod was made of, for which --symbols was given; NULL. */
const struct symbols_match *module_symbols(struct monitor *mon, const struct module *mod);
enum code_width width_of(const struct monitor *mon, const struct cpu_regs *r);

#endif
