/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One page of the guest's tables, as the processor finds it: it leaves its bits in them. walk.h only looks. */
#ifndef HVMBED_MACHINE_TRANSLATE_H
#define HVMBED_MACHINE_TRANSLATE_H

#include "engine/engine.h"
#include "machine/walk.h"

/*
 * Paging off, or long mode with four levels; else ENGINE_STRANGE, as with a guest in ring 3, protection keys, SMEP and SMAP.
 * What the library (2.1.4, excp_helper.c:handle_mmu_fault()) takes for a fault is one here, too.
 */
enum engine_walk translate_page(struct memory *m, const struct paging *p, unsigned cpl, uint64_t gva,
                                enum engine_fault kind, struct engine_page *out);

#endif
