/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When what DXE leaves to the operating system is looked at. For the check room only. */
#ifndef HVMBED_CHECK_LEAVE_WHEN_H
#define HVMBED_CHECK_LEAVE_WHEN_H

#include "check/monitor.h"

/* when.c: when what DXE leaves to the operating system is looked at */
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

#endif
