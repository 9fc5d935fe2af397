/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SEC spends 99.6 % of a boot's instructions in one pure function, the LZMA section extraction handler. Counting its
 * blocks would cost more than all other checks together, so the host does it (lzma.c), or it runs uncounted, and
 * its work is charged by the bytes that it writes. The call is recognised by its arguments (Microsoft ABI): E:MdePkg/Include/Library/
 * ExtractGuidedSectionLib.h:EXTRACT_GUIDED_SECTION_DECODE_HANDLER.
 */
#include <string.h>

#include "base/le.h"
#include "base/span.h"
#include "check/host/host.h"
#include "check/internal.h"
#include "image/lzma.h"

#define SECTION_GUID_DEFINED 2u
/* gLzmaCustomDecompressGuid, E:MdeModulePkg/Include/Guid/LzmaDecompress.h */
static const uint8_t lzma_guid[16] = {0x98, 0x58, 0x4e, 0xee, 0x14, 0x39, 0x59, 0x42,
                                      0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf};
/* Instructions per byte of output: 267.1 M for 11.3 MiB, measured on OvmfXen. */
#define COST_PER_BYTE 23u
#define OUTPUT_MAX (256 * MIB)
#define STACK_NEAR (64 * KIB)

/* Fills payload and size from the section that RCX points to; false when it does not point to such a section. */
static bool find_section(struct monitor *mon, struct unpack_watch *u)
{
    const struct memory *mem = &mon->m->memory;
    struct engine *e = mon->m->engine;
    uint64_t section = engine_reg(e, CPU_RCX);
    uint8_t h[24], lzma[LZMA_HEADER_SIZE];
    if (!memory_peek(mem, section, h, sizeof h) || h[3] != SECTION_GUID_DEFINED ||
        memcmp(h + 4, lzma_guid, sizeof lzma_guid) != 0)
        return false;
    /* The handler that only asks for sizes has the same signature, but R8 then points to a variable on the stack. */
    if (engine_reg(e, CPU_R8) - engine_reg(e, CPU_RSP) < STACK_NEAR ||
        engine_reg(e, CPU_RSP) - engine_reg(e, CPU_R8) < STACK_NEAR)
        return false;
    if (!memory_has(mem, engine_reg(e, CPU_RDX)) || !memory_has(mem, engine_reg(e, CPU_R8)) ||
        !memory_has(mem, engine_reg(e, CPU_R9)))
        return false;
    u->payload = (struct span){section + le16(h + 20), section + (le32(h) & 0xFFFFFF)};
    if (!memory_read(mem, u->payload.start, lzma, sizeof lzma))
        return false;
    u->size = lzma_promised_size(lzma, sizeof lzma);
    u->scratch = engine_reg(e, CPU_R8);
    return u->size != 0 && u->size <= OUTPUT_MAX;
}

void unpack_block(struct monitor *mon, const struct engine_block *b)
{
    struct unpack_watch *u = &mon->unpack;
    struct engine *e = mon->m->engine;
    uint8_t back[8];
    if (unpack_running(u)) {
        if (b->pc == u->return_to && engine_reg(e, CPU_RSP) == u->caller_rsp) {
            u->state = UNPACK_LEAVING;
            machine_pause(mon->m);
        }
        return;
    }
    /* Once: what else looks like it is counted, and so are the turns of several processors. */
    if (u->state != UNPACK_BEFORE || mon->m->phase != PHASE_SEC || !machine_alone(mon->m))
        return;
    if (!find_section(mon, u) || !machine_read(mon->m, engine_reg(e, CPU_RSP), back, sizeof back))
        return;
    u->state = UNPACK_ENTERING;
    u->return_to = le64(back);
    u->caller_rsp = engine_reg(e, CPU_RSP) + 8;
    u->pointer = engine_reg(e, CPU_RDX);
    machine_pause(mon->m);
}

struct span unpack_output(const struct monitor *mon)
{
    const struct unpack_watch *u = &mon->unpack;
    uint8_t at[8];
    bool there = memory_read(&mon->m->memory, u->pointer, at, sizeof at) && le64(at) < mon->m->memory.size;
    return there ? (struct span){le64(at), le64(at) + u->size} : (struct span){0, 0};
}

/* Something looks like the decompressor and does not end: count from here on, so that the loop rules see it. */
void unpack_alarm(struct monitor *mon)
{
    if (mon->unpack.state == UNPACK_INSIDE)
        mon->unpack.state = UNPACK_LATE;
}

static void charge(struct monitor *mon, enum unpacked by)
{
    const uint64_t instructions = mon->unpack.size * COST_PER_BYTE;
    machine_charge(mon->m, instructions);
    mon->v->charged += instructions;
    mon->v->unpacked = by;
    mon->v->timeline.unpacked = timepoint_now(mon);
    mon->unpack.output = unpack_output(mon);
    written_by_host(mon, mon->unpack.output);
    mon->unpack.state = UNPACK_DONE;
}

/*
 * How much was counted inside depends on when the watchdog barked, which is chance: on the way out all work is set back
 * to what it was at the entry, and the charge takes its place.
 */
void unpack_paused(struct monitor *mon)
{
    struct unpack_watch *u = &mon->unpack;
    struct engine *e = mon->m->engine;
    if (unpack_running(u) && !machine_alone(mon->m)) { /* it is no pure function */
        engine_watchdog(e, 0);
        engine_count(e, true);
        u->state = UNPACK_DONE;
    }
    switch (u->state) {
    case UNPACK_ENTERING:
        mon->v->timeline.unpacks = true;
        mon->v->timeline.unpack = timepoint_now(mon);
        const bool undisturbed = unpack_is_free(mon);
        if (undisturbed && !mon->options.guest_lzma && unpack_on_host(mon)) {
            charge(mon, UNPACKED_BY_HOST);
            break;
        }
        machine_mark(mon->m, &u->entered);
        /* Which accesses that break a right are told of depends on the TLB, and that, while nothing is counted, on the host. */
        if (!undisturbed) {
            u->state = UNPACK_LATE;
            break;
        }
        engine_count(e, false);
        engine_watchdog(e, mon->options.patience);
        u->state = UNPACK_INSIDE;
        break;
    case UNPACK_LATE:
        engine_watchdog(e, 0);
        engine_count(e, true);
        break;
    case UNPACK_LEAVING:
        engine_watchdog(e, 0);
        engine_count(e, true);
        machine_rewind(mon->m, &u->entered);
        charge(mon, UNPACKED_BY_GUEST);
        break;
    default:
        break;
    }
}
