/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The checks, put together: watches a machine, turns what happens into findings, and knows when the boot has
 * arrived. One file a concern beside this one.
 */
#ifndef HVMBED_CHECK_MONITOR_H
#define HVMBED_CHECK_MONITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "check/code/insn.h"
#include "check/finding.h"
#include "check/handoff/preserve.h"
#include "check/until.h"
#include "debug/symbols.h"
#include "dxe/dispatch.h"
#include "engine/engine.h"
#include "image/lzma.h"
#include "machine/machine.h"

struct monitor;

struct monitor_options {
    bool follow_low_exec; /* --low-exec follow: report execution in low memory, and go on */
    bool deliver;       /* --exceptions deliver: past the hand-off an exception is its handler's business, no finding */
    uint64_t budget;    /* instructions; 0 for the default */
    struct until until; /* how far to go */
    bool platform;      /* go no further than to where PEI memory is published: END_PLATFORM */
    bool first_only;    /* the first finding that is an error ends the run: what follows is often its consequence */
    /* Asked when something was found before and is found again: true ends the run, what is to come does not matter. May be NULL. */
    bool (*enough)(void *self, const struct verdict *v);
    void *enough_self;
    bool no_chains;             /* no call chains are looked for, each of which takes milliseconds: nobody will ask */
    bool guest_lzma;            /* the guest's own decompressor runs, even where the host could do it */
    bool written;               /* verdict.written: what memory the guest writes. Stores are slow then */
    bool guest_bulk;            /* the guest runs long string instructions itself, element by element: for proofs */
    unsigned patience;          /* seconds of CPU time that the decompressor may take before it is looked at closely */
    struct lzma_memo *unpacked; /* what the host unpacks, kept for the next boot; NULL: it is not */
    enum severity severity[RULE_COUNT];
    const struct image *image; /* what a first stage must have loaded when it enters the firmware; NULL: not checked */
    struct symbols *symbols;   /* names and lines for findings; NULL for none */
    /* Called now and then while the guest runs; may be NULL. */
    void (*progress)(void *self, const struct verdict *v);
    void *progress_self;
    /* Each block of the firmware that is about to run for the first time; more than once where it is translated again. */
    void (*ran)(void *self, struct monitor *mon, const struct engine_block *b);
    void *ran_self;
};
/* Every rule with its own severity, and the defaults. */
void monitor_defaults(struct monitor_options *o);
/* What breaks the rule of that name counts as @s. False: there is no such rule. */
bool monitor_set_severity(struct monitor_options *o, const char *rule, enum severity s);

/* Looking closely at what may be a dead loop: loop/loop.c, and loop/memory.c for what it stores and loads. */
enum loop_stage {
    LOOP_STATE,  /* does the CPU come back to the same state? */
    LOOP_STORES, /* and store nothing that changes memory? */
    LOOP_LOADS,  /* interrupts may come: what does it load? */
    LOOP_TIME,   /* does any of them change that, in a long time? */
};
#define LOOP_LOADS_MAX 64u
struct loop_load {
    uint64_t gpa, value; /* eight bytes, aligned */
};
struct loop_watch {
    bool looking;
    enum loop_stage stage;
    bool stores, loads;  /* stores, loads are watched; not before the machine has paused */
    bool stored;         /* one changed memory since the state was taken */
    bool open;           /* somewhere in the loop interrupts are on */
    uint64_t pc, lowest; /* where we look from; the lowest block of the loop */
    uint64_t exits_at;
    uint64_t visits, blocks;
    uint64_t since_ns, skip;
    uint8_t state[ENGINE_STATE_SIZE];
    /* An interrupt is served: until the CPU is back where it was, with the state that it had. */
    bool serving;
    uint64_t served; /* how many were, since since_ns */
    uint64_t back_pc, back_exits;
    uint8_t back[ENGINE_STATE_SIZE];
    /* What the loop loads. */
    struct loop_load load[LOOP_LOADS_MAX];
    size_t nr_loads;
    bool too_many;
};

/* Looking whether all processors loop. */
struct standstill_watch {
    bool looking;
    bool anew;           /* a round begins with the next block */
    bool first;          /* its first turn, which may be what is left of one */
    bool stores, stored; /* as in struct loop_watch */
    unsigned vcpu;       /* whose turn it is */
    unsigned proved;     /* turns in which nothing happened, one after the other */
    unsigned visits;
    uint64_t pc, lowest; /* of this turn */
    uint64_t exits_at;
    uint8_t state[ENGINE_STATE_SIZE];
};

/* The decompressor's work is charged by its output, not counted block by block. */
enum unpack_state {
    UNPACK_BEFORE,
    UNPACK_ENTERING,
    UNPACK_INSIDE, /* uncounted */
    UNPACK_LATE,   /* it took suspiciously long: counted, but not reported */
    UNPACK_LEAVING,
    UNPACK_DONE,
};
struct unpack_watch {
    enum unpack_state state;
    uint64_t caller_rsp, return_to;
    struct span payload; /* the LZMA stream, gva = gpa */
    uint64_t size;       /* unpacked, as its header says */
    uint64_t scratch;    /* the decoder's memory */
    uint64_t pointer;    /* gpa of the pointer to its output */
    struct span output;  /* when it is done; empty when the pointer is none */
    struct machine_mark entered;
};
static inline bool unpack_running(const struct unpack_watch *u)
{
    return u->state == UNPACK_INSIDE || u->state == UNPACK_LATE;
}

/* The last access that broke a rule: more events may be parts of it. */
struct access_watch {
    struct finding *f;
    bool first; /* the one that the finding describes */
    enum engine_fault kind;
    uint64_t pc, blocks;
    struct span at;
};

/* DXE, where the run goes on into it. */
struct dxe_started {
    struct guid guid;
    uint64_t base, rsp; /* when its entry point was called */
    bool returned;
    uint64_t status;
};
/* A map that GetMemoryMap has written. */
struct dxe_given {
    uint64_t buffer, size, step; /* gva; bytes, of all and from one descriptor to the next */
};
#define DXE_MAPS_MAX 8
struct dxe_watch {
    uint64_t system;                           /* gva of the system table */
    uint64_t boot;                             /* gva of the boot services; 0: not known yet */
    uint64_t handle;                           /* gva of some driver's handle */
    uint64_t return_to;                        /* where entry points return to, in the core */
    uint64_t signal_event, get_map, exit_boot; /* services */
    bool want_break;
    struct dxe_started *started;    /* owned; NULL before the first */
    size_t nr;                      /* at most LIMIT_DRIVERS */
    struct efi_protocols protocols; /* as last read */
    struct efi_lists lists;         /* the core's descriptors of memory; 0: not found */
    /* The last calls of GetMemoryMap, in a ring: where the caller wants what (gva). */
    struct {
        uint64_t size, buffer, key, step;
        uint64_t room; /* bytes that the caller has for it */
    } call[DXE_MAPS_MAX];
    size_t nr_calls;
    const char *look; /* dxe_memory.when: to be looked at; NULL: nothing */
    uint64_t look_pc;
    bool looked, left; /* at ready to boot; boot services were left, with a map */
    bool is_given;
    struct dxe_given given; /* the map that the loader has */
};

/* An exception past the hand-off was found; its handler runs on, to print what it prints. */
struct aftermath {
    bool wanted, on;
    size_t finding;        /* index in the verdict's */
    uint64_t instructions; /* when it is over at the latest */
    size_t log;            /* how long the debug log was */
};

#define VOLUMES_MAX 16

struct monitor {
    struct machine *m;
    struct monitor_options options;
    struct verdict *v;

    enum phase phase_wanted;
    bool at_handoff;  /* the hand-off has been reached, and the run goes on */
    bool entered;     /* the first stage has jumped to the firmware */
    uint64_t pei_rsp; /* when PEI began: temporary RAM */
    bool published;   /* what the platform's PEIM had to say is in the HOB list: platform.c */
    struct loop_watch loop;
    struct standstill_watch standstill;
    struct unpack_watch unpack;
    struct access_watch access;
    struct aftermath aftermath;
    uint64_t bulk_pc; /* a string instruction that the host may do between two runs; 0 for none */
    uint32_t bulk_size;
    uint64_t exits;
    uint64_t exec_page, exec_tables; /* the last page that was free RAM with a module's code, and CR3 then */
    /* gpa of volumes that code ran from in place, or that the HOB list names: their files name loaded copies. */
    uint64_t volume[VOLUMES_MAX];
    size_t nr_volumes, nr_volumes_run; /* all, and those that code ran from */
    struct written_watch *written;     /* owned; NULL where nobody has asked */
    struct dxe_watch *dxe;             /* owned; NULL before the hand-off, and where the run ends there */
    bool e820_told;                    /* the firmware is told the table that the layout gives */
    struct preserve preserve;          /* the last: large, and never copied with the others */
};

/* @v starts as zero and is filled; all pointers must outlive the monitor. Sets itself as the machine's watcher. */
void monitor_init(struct monitor *mon, struct machine *m, const struct monitor_options *o, struct verdict *v);
/* Boots. Afterwards @v is complete but for the debug log. */
void monitor_run(struct monitor *mon);

/*
 * monitor_run() in pieces, for boots that have their beginning in common (warm/): monitor_begin(), then the machine runs,
 * monitor_end() with what machine_run() said at last.
 */
void monitor_begin(struct monitor *mon);
void monitor_end(struct monitor *mon, bool ran);
/*
 * Between two runs of the machine: what @mon knows by now, in @kept and @v, which is zero before. False: out of memory.
 * @kept must outlive @mon, and ends with monitor_drop().
 */
bool monitor_keep(struct monitor *mon, struct monitor *kept, struct verdict *v);
void monitor_drop(struct monitor *kept);
/*
 * Would @f, of an access before the firmware looks at the layout, be the same finding where its memory is @r (NULL: nothing), but
 * for what that is called? finding_quote() makes it that.
 */
bool finding_fits(const struct finding *f, const struct plan_range *r);
void finding_quote(struct finding *f, const struct plan_range *r);
/* Makes of @kept a monitor of machine @m as it would be there had it watched from reset; @v is zero before. */
void monitor_resume(struct monitor *mon, const struct monitor *kept, struct machine *m, struct verdict *v);
/* Before it runs: it judges as @o says, not as what it was made of did. What was found before stays as it is. */
void monitor_judge(struct monitor *mon, const struct monitor_options *o);

/* The module that holds @gva, NULL for none; the .debug file that it was made of, NULL for none; its entry point, from its base. */
const struct module *monitor_module(struct monitor *mon, uint64_t gva);
const struct symbols_match *monitor_symbols(struct monitor *mon, const struct module *mod);
uint32_t monitor_entry(const struct monitor *mon, const struct module *mod);
/* For what looks at a run from outside, while its machine is on: in which module @gva lies. */
void monitor_place(struct monitor *mon, uint64_t gva, struct code_place *out);
/* The same, but for modules that have run; knows no others, and none because of this. */
void monitor_place_known(struct monitor *mon, uint64_t gva, struct code_place *out);
/* The last instruction of a block of @size bytes: where, and as text ("" when it does not decode). */
void monitor_branch(struct monitor *mon, uint64_t pc, uint32_t size, struct code_place *at, char *text, size_t n);
/* The calls that led to the instruction at @pc, which runs; NULL when out of memory. The caller frees it. */
struct backtrace *monitor_trace(struct monitor *mon, uint64_t pc);
/* The register that the instruction at @pc stores, which runs, was loaded from memory: from there (gpa). */
bool monitor_stored_from(struct monitor *mon, uint64_t pc, struct span *from);
/* Up to @n bytes of code; returns how many there are. */
size_t monitor_code(const struct monitor *mon, uint64_t pc, uint8_t *out, size_t n);
enum code_width monitor_width(const struct monitor *mon);

#endif
