/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What may be loaded into control registers, EFER and the MSRs that hold addresses. The engine takes nearly everything; a
 * processor answers what makes no sense with #GP(0) (Intel SDM 3A, 2.5 and 4.1; SDM 2, MOV to control registers; AMD APM 2,
 * 3.1). Pure.
 */
#ifndef HVMBED_MACHINE_CONTROL_H
#define HVMBED_MACHINE_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#define MSR_EFER 0xC0000080u

/* What the guest's CPUID shows. */
struct control_features {
    unsigned phys_bits;
    uint64_t cr4, efer; /* the bits that there are */
};
#define CPUID_REGS 4u
/* Out of the leaves 1, 7 and 80000001. */
void control_features(struct control_features *f, unsigned phys_bits, const uint32_t leaf1[CPUID_REGS],
                      const uint32_t leaf7[CPUID_REGS], const uint32_t extended[CPUID_REGS]);

struct control_state {
    uint64_t cr0, cr3, cr4, efer;
    bool code64; /* 64-bit code runs */
};

/* False: #GP(0). @cr: 0, 3, 4 or 8; true for others, which are #UD. */
bool control_allows(const struct control_features *f, const struct control_state *now, unsigned cr, uint64_t value);
/* The same of an MSR that the engine keeps. */
bool control_allows_msr(const struct control_features *f, const struct control_state *now, uint32_t index,
                        uint64_t value);

/*
 * Does this load make the processor read the four top entries of PAE paging? True with where they are; control_entries_good()
 * says whether it takes them (SDM 3A, 4.4.1).
 */
#define CONTROL_ENTRIES 4u
bool control_loads_entries(const struct control_state *now, unsigned cr, uint64_t value, uint64_t *gpa);
bool control_entries_good(const struct control_features *f, const uint64_t entry[CONTROL_ENTRIES]);

#endif
