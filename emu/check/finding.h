/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding: one broken rule, where, by whom. And the verdict that a run ends with. */
#ifndef HVMBED_CHECK_FINDING_H
#define HVMBED_CHECK_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "check/rule.h"
#include "check/timeline.h"
#include "check/written.h"
#include "debug/debugfile.h"
#include "dxe/dispatch.h"
#include "dxe/memory.h"
#include "engine/cpu.h"
#include "hob/hob.h"
#include "image/fv.h"
#include "layout/plan.h"
#include "machine/walk.h"

enum access_kind { ACCESS_NONE, ACCESS_READ, ACCESS_WRITE, ACCESS_EXEC };

/* Where an address lies, in a module. */
struct code_place {
    uint64_t gva;
    char module[64];           /* "PeiCore", "SEC", a GUID, or "" when unknown */
    uint64_t base;             /* of the module in memory */
    uint64_t offset;           /* gva - base */
    char guid[GUID_TEXT_SIZE]; /* of the module's file in its volume, or "" */
    struct source_place source;
};

/* How a frame of a backtrace was found: what it is worth. */
enum frame_found {
    FRAME_HERE,    /* where the processor is */
    FRAME_JUMP,    /* the jump or return that led to the frame below */
    FRAME_CALL,    /* the call that was just made: its instruction and target were checked */
    FRAME_CFI,     /* call frame information */
    FRAME_POINTER, /* the frame pointer, to a return address with a call before it */
    FRAME_PROVEN,  /* a return address on the stack after a direct call of the function below */
    FRAME_LIKELY,  /* a return address on the stack after an indirect call */
};
const char *frame_found_name(enum frame_found f); /* "here", "jump", "call", "cfi", "frame-pointer" … */

#define FRAMES_MAX 32
struct backtrace {
    struct frame {
        struct code_place at; /* the instruction, or a return address */
        enum frame_found found;
    } frame[FRAMES_MAX];
    unsigned nr;
    bool cut; /* there were more */
};

enum transfer_kind { TRANSFER_NONE, TRANSFER_CALL, TRANSFER_JUMP, TRANSFER_RETURN };
const char *transfer_name(enum transfer_kind k); /* "call", "jump", "return"; "none" */

/* The instruction that sent control somewhere, as far as it could be found and checked. */
struct transfer {
    enum transfer_kind kind;
    struct code_place from;
    char insn[80];
    bool direct;    /* the target is part of the instruction */
    char reg[8];    /* the register that held the pointer, or "" */
    bool in_memory; /* or where it lay */
    uint64_t gva, gpa;
    unsigned size;
    uint64_t value; /* of the pointer */
};

/* The pointer behind a transfer or a fault, and where it came from, as far as the code that ran last tells. */
struct pointer {
    bool known;
    char reg[8];          /* that held it; "" for a pointer that was used from memory */
    uint64_t value;       /* what it was */
    struct code_place by; /* the instruction that loaded or set the register; gva 0: none */
    bool in_memory;       /* it lay there: */
    uint64_t gva, gpa;
    unsigned size;
};

/* Who wrote memory last: emu/why looks for it with a second boot. */
enum writer_kind {
    WRITER_UNKNOWN,  /* the second boot did not show it */
    WRITER_STORE,    /* an instruction of the guest */
    WRITER_HOST,     /* Xen or a device, asked by this instruction */
    WRITER_UNPACKED, /* SEC's decompressor */
    WRITER_GIVEN,    /* nobody: what is there is what the firmware was started with */
    WRITER_NEVER,    /* nobody: what RAM was filled with */
};
const char *writer_name(enum writer_kind k); /* "store", "host", "unpacked", "given", "never"; "unknown" */

#define WRITER_COPIES_MAX 8
struct writer {
    enum writer_kind kind;
    struct span at; /* the bytes in question, where they were written: before all copies */
    bool mapping;   /* not bytes, but which page lies there */
    /* What follows is of STORE and HOST. */
    struct code_place by;
    char insn[80];
    struct backtrace *trace; /* owned */
    /* The first on the way back that does not do it on another's behalf; of bytes that were merely copied, who did. */
    struct code_place author; /* gva 0: not known */
    enum phase phase;
    unsigned vcpu;
    uint64_t instructions, virtual_ns; /* so far */
    uint64_t writes;                   /* how many there were, this one the last */
    /* STORE */
    uint64_t gpa, old, value;
    unsigned size;
    /* Copied since, the last copy first; or read by a service, which then stored the value. */
    struct writer_copy {
        struct code_place by, author;
        struct span from;
        enum phase phase;
    } copy[WRITER_COPIES_MAX];
    unsigned nr_copies;
};

struct fault_info {
    unsigned vector;
    uint32_t error_code;
    bool has_error_code;
    uint64_t cr2;     /* vector 14 only */
    struct walk walk; /* vector 14 only */
};

/* The HOB that a finding at the hand-off is about. */
struct finding_hob {
    bool present;
    size_t index; /* in the list */
    uint64_t at;  /* gpa of its header */
    struct span range;
    uint16_t type; /* enum hob_type */
    uint32_t kind; /* of a resource or an allocation */
};

struct finding {
    enum rule_id rule;
    enum severity severity; /* the rule's, or what -W/-E made of it */
    enum phase phase;
    unsigned vcpu; /* the processor; of accesses that were folded, that of the first */
    enum access_kind access;
    uint64_t gpa;        /* of the first access */
    uint64_t gva;        /* when it differs and is known, else = gpa */
    unsigned size;       /* bytes */
    uint64_t value;      /* written */
    uint64_t count;      /* how many accesses of the same kind by the same instruction were folded into this one */
    struct span touched; /* the range they span */
    struct span range;   /* the plan's range that was broken */
    const char *owner;   /* that range's owner */
    enum plan_class cls;
    struct code_place at; /* the instruction */
    bool has_caller;
    struct code_place caller; /* return address of the call that led here (control transfers) */
    struct transfer transfer; /* control transfers */
    struct backtrace *trace;  /* owned by the verdict; NULL when there is nothing to tell */
    bool has_fault;
    struct fault_info fault;
    struct finding_hob hob;
    struct pointer pointer;
    struct span bytes;     /* gpa: whoever wrote these last is to blame; empty where no bytes are */
    uint64_t blocks;       /* counted when it was found */
    struct writer *writer; /* owned by the verdict; NULL when nobody has looked */
    struct cpu_regs regs;
    char meaning[256];   /* what it usually means that this instruction is here; "" when nothing is to be said */
    char handler[320];   /* what the firmware's own handler printed about an exception, first and last line, or "" */
    char assertion[256]; /* the ASSERT that failed, as the firmware words it, or "" */
    char text[256];      /* one sentence for people, specific: filled by the check that found it */
};

/* Who is to blame for what was found at the hand-off, where @at is merely who took over; NULL when not known. */
const struct code_place *finding_author(const struct finding *f);

struct findings {
    struct finding *f; /* owned; room for all that may come, so that none moves. NULL before the first */
    size_t nr, most;   /* 0: LIMIT_FINDINGS_DEFAULT */
    uint64_t dropped;  /* beyond that: said in the report */
};

enum ending {
    END_HANDOFF,     /* reached the DXE hand-off */
    END_REACHED,     /* reached what it was to run until, past the hand-off */
    END_FINDING,     /* a finding stopped the run */
    END_BUDGET,      /* inconclusive: the work budget is spent */
    END_UNSUPPORTED, /* inconclusive: the firmware needs something that the bed does not emulate (named) */
    END_ENGINE,      /* the engine failed: a defect in the bed */
    END_PLATFORM,    /* PEI memory is published, and no more was asked for (monitor_options.platform) */
};
const char *ending_name(enum ending e);
/* Did the boot come as far as it was to? */
static inline bool ending_arrived(enum ending e)
{
    return e == END_HANDOFF || e == END_REACHED;
}

struct module {
    char name[64];
    uint64_t base;
    uint64_t entry; /* gva of its entry point; 0 when its header does not tell */
    uint32_t size;
    char guid[GUID_TEXT_SIZE]; /* of its file in the volume that it runs from or was loaded from, or "" */
    bool gone;                 /* was unloaded: others may lie there now */
    struct timepoint first;    /* when code of it first ran */
};
#define LAST_BLOCKS_MAX 64

enum unpacked { UNPACKED_NOT, UNPACKED_BY_GUEST, UNPACKED_BY_HOST };

/* Something that differs from the rule, and why that is known and no finding. */
struct known_difference {
    enum rule_id rule;
    const char *why; /* static */
    uint64_t count;  /* of the same kind; @text is the first */
    char text[256];
};
#define KNOWN_MAX 32

/* What the page tables map at the hand-off. */
struct paging_summary {
    uint64_t tables, mapped; /* pages; bytes */
    uint64_t wx, wx_runs;    /* bytes that are writable and executable, and in how many pieces */
};

/* What DXE knows of memory: as it was looked at last. */
struct dxe_memory {
    const char *when; /* static: "ready-to-boot", "exit-boot-services", "end" */
    bool given;       /* the map is what the loader got from GetMemoryMap; else made of the core's own lists */
    struct efi_map map, gcd;
};

struct verdict {
    enum ending ending;
    char detail[256];       /* for budget, unsupported, engine: what exactly */
    enum phase phase;       /* reached */
    uint64_t instructions;  /* counted work, see machine/work.h */
    uint64_t charged;       /* instructions charged for the decompressor, not counted */
    enum unpacked unpacked; /* who did its work */
    uint64_t virtual_ns;
    uint64_t exceptions, software_interrupts; /* past the hand-off, that went through the guest's IDT */
    /* at the hand-off */
    uint64_t hob_list;     /* gpa of the PHIT */
    uint64_t dxe_entry;    /* gva of the DXE core's entry point */
    struct span published; /* END_PLATFORM: of PEI memory, what the stack and the first HOBs will take */
    uint64_t rsp;
    uint32_t mp_processors; /* that MpInitLib counted; 0: not known (handoff/processors.c) */
    unsigned vcpus_started; /* processors that the firmware had running, with the first one */
    struct code_place dxe;  /* where that entry point lies: the DXE core */
    struct hob_list hobs;   /* owned */
    struct paging_summary paging;
    struct timeline timeline;
    struct written *written; /* owned; NULL where nobody has asked for it (monitor_options.written) */
    struct known_difference known[KNOWN_MAX];
    size_t nr_known;
    struct module *module;           /* in order of first execution; owned, and none moves */
    size_t nr_modules, modules_most; /* 0: LIMIT_MODULES_DEFAULT */
    struct findings findings;
    struct dxe_dispatch *dispatch; /* of a run that went on into DXE; owned, else NULL */
    struct dxe_memory *memory;     /* likewise, where the core's lists were found */
    /* Of a run that did not reach the hand-off: the blocks that ran last, the oldest first. */
    struct code_place *last;       /* owned; NULL for none */
    size_t nr_last;                /* at most LAST_BLOCKS_MAX */
    struct limits_reached reached; /* that cut something above or below, or what the guest asked for */
    const char *debug_log;
    size_t debug_log_size;
    bool debug_log_truncated;
    struct {
        const char *text; /* what the guest wrote to its PV console; NULL: nothing */
        size_t size;
        bool truncated;
    } console;
};

/* One more of them, all zero; NULL where there may be no more, which is noted, or memory ran out. */
struct finding *verdict_add_finding(struct verdict *v);
struct module *verdict_add_module(struct verdict *v);
/* Frees what it owns. */
void verdict_free(struct verdict *v);
/* A copy with findings of its own, of a run that has not ended and has no HOB list yet; backtraces are lost when memory is. @to owns
 * nothing before. */
void verdict_copy(struct verdict *to, const struct verdict *from);
/* verdict_free(), and zero again. */
void verdict_clear(struct verdict *v);
/* Worst severity among the findings, or -1 for none. */
int findings_worst(const struct findings *f);
/* design: 0 reached and clean, 1 a finding, 3 inconclusive, 70 a defect in the bed. */
int verdict_exit_code(const struct verdict *v);

#endif
