/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. */
#ifndef HVMBED_CHECK_INTERNAL_H
#define HVMBED_CHECK_INTERNAL_H

#include "check/insn.h"
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

/* guard.c */
bool guard_access(struct monitor *mon, enum engine_fault kind, uint64_t gpa, unsigned size, uint64_t value,
                  const struct plan_range *range);
/* Conventional memory ends where the VGA hole begins; hvmloader's leftovers and nothing else lie below. */
#define LOW_MEMORY_END 0xA0000u

/* exec.c */
void exec_block(struct monitor *mon, const struct engine_block *b);
/* For a control transfer to @pc: caller, transfer and backtrace of @f. */
void led_here(struct monitor *mon, struct finding *f, uint64_t pc);
/* The caller of @f's code where that is a stub outside all modules that keeps nothing on the stack: Xen's hypercall page. */
void find_stub_caller(struct monitor *mon, struct finding *f);
/* boot.c: phases and the hand-off */
/* True while a first stage runs: its blocks are not the firmware's. */
bool boot_loading(struct monitor *mon, const struct engine_block *b);
void boot_block(struct monitor *mon, const struct engine_block *b);
void boot_paused(struct monitor *mon);
/* platform.c: is PEI memory published? For who wants to know no more. */
void platform_block(struct monitor *mon, const struct engine_block *b);
void platform_paused(struct monitor *mon);
/* wake.c: may the current processor run a block at @gpa because that is how a SIPI starts it? */
bool wake_is_code(struct monitor *mon, const struct plan_range *r, uint64_t gpa);
/* mp_hob.c: how many processors the HOB list says there are; 0 when it does not. */
uint32_t mp_hob_processors(const struct monitor *mon, uint64_t hob_list);
/* The guest's memory, for the HOB list. */
struct hob_reader boot_hob_reader(const struct monitor *mon);
/* handoff.c: the DXE core is about to run; reads the HOB list and looks at everything once. From paused() only. */
void handoff_reached(struct monitor *mon);
/* The same for what holds already when PEI memory is published, with the list in temporary RAM. */
void handoff_platform(struct monitor *mon);
/* Does the loader's info block lead to the table that the layout gives? When the firmware is entered. */
bool handoff_tells_e820(const struct monitor *mon);
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
/* null.c: an access to page 0 in DXE, by somebody who may? @value: written. */
bool null_is_fair(struct monitor *mon, enum engine_fault kind, uint64_t pc, uint64_t gpa, uint64_t value);
/* The run has come as far as it was to. */
void dxe_arrive(struct monitor *mon);
/* leave_when.c: when what DXE leaves to the operating system is looked at */
void leave_find_lists(struct monitor *mon);
/* @when (static): something is to be looked at between two runs; @arrived: and nothing comes after it. @pc: as below. */
void leave_want(struct monitor *mon, const char *when, uint64_t pc, bool arrived);
/* Services are called: GetMemoryMap, ExitBootServices. */
void leave_map_asked(struct monitor *mon);
void leave_boot_left(struct monitor *mon, uint64_t pc);
void leave_paused(struct monitor *mon);
/* For the report, of a run that ended before anything was looked at. */
void leave_end(struct monitor *mon);
/* leave.c: what DXE leaves to the operating system */
/* Reads the core's lists, and the map of @given where that is not NULL, into the verdict. False: out of memory. */
bool leave_read(struct monitor *mon, const struct efi_reader *r, const struct dxe_given *given, const char *when);
/* Looks at what leave_read() has read, and at all tables. @pc: the service that was called. From paused() only. */
void leave_look(struct monitor *mon, const struct efi_reader *r, uint64_t pc);
/* preserve.c: takes copies, when the firmware is entered and when PEI begins; frees them. */
void preserve_begin(struct monitor *mon);
void preserve_volumes(struct monitor *mon);
void preserve_end(struct monitor *mon);
/* With memory of pages.h, before it is kept: what of the volumes is still as it was. False: out of memory. */
bool preserve_settle(struct monitor *mon);
/* The volumes are @to's from now on, which is empty, and @from only sees them. */
void preserve_hand_over(struct preserve *to, struct preserve *from);
/* @to sees the volumes that @from holds, for as long as that lives. */
void preserve_share(struct preserve *to, const struct preserve *from);
/* unpack.c */
void unpack_block(struct monitor *mon, const struct engine_block *b);
void unpack_paused(struct monitor *mon);
void unpack_alarm(struct monitor *mon);
/* unpack_host.c: at the call's first instruction. False: not possible, or in doubt; nothing has changed then. */
bool unpack_on_host(struct monitor *mon);
/* Where the output of the call that is watched goes: its pointer to it as it is now. Empty when it is none. */
struct span unpack_output(const struct monitor *mon);
/*
 * RAM from end to end that the plan gives these rights to (ALLOW_*) in this phase, where the plan put it and mapped one to
 * one: its bytes are one piece on the host, and no rule has anything to say.
 */
bool host_may_use(struct monitor *mon, struct span at, unsigned rights);
/* written.c: from where the firmware is entered, if that was asked for, to the end. Not from a callback. */
void written_begin(struct monitor *mon);
void written_end(struct monitor *mon);
/* Somebody else than the processor's own stores has written. */
void written_by_host(struct monitor *mon, struct span at);
/* bulk.c */
void bulk_block(struct monitor *mon, const struct engine_block *b);
void bulk_paused(struct monitor *mon);
/* notice.c */
void notice_taken(struct monitor *mon, const struct machine_notice *n);
/* The first stage has entered the firmware: is it there? */
void notice_entry(struct monitor *mon);
/* Stops where the bed can do no more of what Xen would. */
void notice_limits(struct monitor *mon);
/* fault.c */
/* True: past the hand-off it goes through the guest's IDT, and the run goes on. */
bool fault_taken(struct monitor *mon, const struct engine_exception *x);
void fault_triple(struct monitor *mon, const struct engine_exception *x);
/* aftermath.c: the handler of the exception that @f is about is to run, and nothing that it does is a finding. */
void aftermath_begin(struct monitor *mon, const struct finding *f);
void aftermath_tick(struct monitor *mon);
/* What it printed goes into the finding. */
void aftermath_end(struct monitor *mon);
/* loop.c */
void loop_tick(struct monitor *mon, uint64_t pc);
void loop_paused(struct monitor *mon);
/* The current processor takes an interrupt: its registers are still those of what is interrupted. */
void loop_interrupted(struct monitor *mon);
/* loop_memory.c: puts the hooks in place that the stage asks for, or takes them out. From paused() only. */
void loop_memory_paused(struct monitor *mon);
/* Is what the loop loads as it was? */
bool loop_memory_same(const struct monitor *mon);
/* standstill.c: where several processors can run */
void standstill_tick(struct monitor *mon);
void standstill_paused(struct monitor *mon);

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

/* transfer.c */
/* The instruction that sent control to @pc, where @f was found: @f->transfer. Only what was checked is told. */
void find_transfer(struct monitor *mon, struct finding *f, uint64_t pc);
/* pointer.c */
/* Where the pointer came from that led to @f's transfer, which is known; or that the instruction at @pc faulted with
 * at @gva (NULL: at an address that is not canonical): @f->pointer. */
void find_transfer_pointer(struct monitor *mon, struct finding *f);
void find_fault_pointer(struct monitor *mon, struct finding *f, uint64_t pc, const uint64_t *gva);
/* backtrace.c */
/* The calls that led to @pc, with the registers and the transfer of @f: @f->trace, made anew. */
void take_backtrace(struct monitor *mon, struct finding *f, uint64_t pc);

/* explain.c */
/* What is known beyond the rule about an instruction that ended the run: UD2, INT3, loops that never end, ASSERT. */
void explain(struct monitor *mon, struct finding *f);

enum code_width width_of(const struct monitor *mon, const struct cpu_regs *r);

#endif
