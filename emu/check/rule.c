/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "check/rule.h"

#include <string.h>

/* In the order of enum rule_id; the unit test looks. */
const struct rule rules[RULE_COUNT] = {
    {RULE_WRITE_RESERVED, "write-reserved", SEVERITY_ERROR, GO_ON_THROUGH, "write to reserved memory",
     "The E820 table reserves this range or Xen uses it; usually a memory range was computed without "
     "consulting the whole table."},
    {RULE_WRITE_PRESERVED, "write-preserved", SEVERITY_ERROR, GO_ON_THROUGH,
     "write to memory that belongs to the operating system",
     "ACPI, SMBIOS and the RSDP must reach the operating system as the loader left them; usually a buffer below "
     "1 MiB or in the NVS range was taken without looking."},
    {RULE_WRITE_IMAGE, "write-image", SEVERITY_ERROR, GO_ON_THROUGH, "write to the firmware's own image",
     "Under Xen the image is ordinary RAM, so nothing stops such a write: code that expects flash, or an "
     "initialised global in a module that runs in place, changes the firmware itself."},
    {RULE_WRITE_LIVE, "write-live", SEVERITY_ERROR, GO_ON_DROPPED,
     "write over boot information that has not been read yet",
     "The loader's info block, start info or E820 table lies here until PEI has installed memory; usually "
     "temporary RAM or page tables were placed over it."},
    {RULE_WRITE_UNPOPULATED, "write-unpopulated", SEVERITY_ERROR, GO_ON_DROPPED, "write where there is no memory",
     "The write vanishes; usually the end of RAM was taken from the wrong source (CMOS instead of the E820 "
     "table) or rounded up, or a page was used after it was given back to Xen."},
    {RULE_READ_RESERVED, "read-reserved", SEVERITY_WARNING, GO_ON_THROUGH, "read of reserved memory",
     "Nothing is promised about these bytes; usually a table is looked for at a fixed address, or a pointer is "
     "stale."},
    {RULE_READ_UNPOPULATED, "read-unpopulated", SEVERITY_WARNING, GO_ON_THROUGH, "read where there is no memory",
     "The read gives all ones; usually a device that Xen does not provide is probed, or the end of RAM was "
     "taken from the wrong source."},
    {RULE_EXEC_NULL, "exec-null", SEVERITY_ERROR, STOP, "jump or call to address 0",
     "A null function pointer was called: usually a protocol or PPI that was never installed, used without a "
     "check that it was found; the caller names the place."},
    {RULE_EXEC_LOW, "exec-low", SEVERITY_ERROR, STOP, "execution in low memory that holds no code",
     "Usually a member of a null structure was called, or execution slides upwards through zeroed pages after "
     "a call to a null pointer."},
    {RULE_EXEC_UNKNOWN, "exec-unknown", SEVERITY_ERROR, GO_ON_THROUGH, "execution outside known code",
     "No loaded module and no part of the image lies here; usually a stale function pointer into memory that "
     "moved or was freed, or an overwritten return address."},
    {RULE_EXEC_UNPOPULATED, "exec-unpopulated", SEVERITY_ERROR, STOP, "execution where there is no memory",
     "Usually a wild pointer, or an image that does not end at 4 GiB, so that its reset vector jumps past it."},
    {RULE_BAR_OVER_RAM, "bar-over-ram", SEVERITY_ERROR, GO_ON_THROUGH, "PCI BAR over RAM",
     "Where the BAR lies in Xen's p2m (video memory, a passed-through device), the RAM is gone for good; otherwise the "
     "device cannot be reached. Usually a BAR is sized or half programmed while its decode bit is set."},
    {RULE_HYPERCALL_REFUSED, "hypercall-refused", SEVERITY_ERROR, GO_ON_THROUGH, "hypercall that Xen refuses",
     "Its arguments make no sense: a buffer that is not in memory, or a page that the guest does not have or cannot "
     "reach; usually a stale pointer, or a size that was computed wrongly."},
    {RULE_XENSTORE_RING, "xenstore-ring", SEVERITY_ERROR, GO_ON_THROUGH, "broken xenstore ring",
     "xenstored answers no more after that; usually an index was written without reading the other one, or the page "
     "was used for something else."},
    {RULE_IMAGE_NOT_LOADED, "image-not-loaded", SEVERITY_ERROR, STOP, "firmware entered that is not there",
     "The first stage jumped to the reset vector, but the image does not lie below 4 GiB and below 1 MiB as it was "
     "given."},
    {RULE_EXCEPTION, "exception", SEVERITY_ERROR, STOP, "CPU exception",
     "The firmware has no use for exceptions before the hand-off: on real hardware it would stop in its default "
     "handler or reset."},
    {RULE_TRIPLE_FAULT, "triple-fault", SEVERITY_ERROR, STOP, "triple fault",
     "An exception could not be delivered, nor the double fault that followed: a real guest is shut down here "
     "without a word. Look at the first fault, the IDT and the stack."},
    {RULE_DEAD_LOOP, "dead-loop", SEVERITY_ERROR, STOP, "dead loop",
     "The CPU repeats a loop that nothing can end: usually a failed ASSERT, CpuDeadLoop() or `jmp $`. The "
     "debug output (-v) often tells more."},
    {RULE_HALT, "halt", SEVERITY_ERROR, STOP, "halt with no interrupt to wake it",
     "The CPU executed HLT and nothing can wake it; usually the firmware gave up and stopped on purpose."},
    {RULE_SHUTDOWN, "shutdown", SEVERITY_ERROR, STOP, "shutdown or reset before the hand-off",
     "The firmware asked Xen or a device to power off or reset the guest; usually its answer to a failure that "
     "it could not report."},
};

const struct rule *rule_find(const char *name)
{
    for (size_t i = 0; i < RULE_COUNT; i++)
        if (strcmp(rules[i].name, name) == 0)
            return &rules[i];
    return NULL;
}

const char *severity_name(enum severity s)
{
    static const char *const names[] = {
        [SEVERITY_NOTE] = "note",
        [SEVERITY_WARNING] = "warning",
        [SEVERITY_ERROR] = "error",
    };
    return (unsigned)s < sizeof names / sizeof names[0] ? names[s] : "?";
}
