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
    {RULE_READ_NULL, "read-null", SEVERITY_ERROR, GO_ON_THROUGH, "read through a null pointer",
     "No fault tells of it, since page 0 is mapped and is RAM: whatever lies there is believed. Usually something was not "
     "found, and nobody looked."},
    {RULE_WRITE_NULL, "write-null", SEVERITY_ERROR, GO_ON_THROUGH, "write through a null pointer",
     "No fault tells of it, since page 0 is mapped and is RAM. Usually something was not found or not allocated, and nobody "
     "looked."},
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
    {RULE_PV_RING, "pv-ring", SEVERITY_ERROR, GO_ON_THROUGH, "broken ring of a PV device",
     "Its backend stops there, or fails the request: usually an index was written without reading the other one, or a "
     "grant was taken back, or never given, before the request was answered."},
    {RULE_IMAGE_NOT_LOADED, "image-not-loaded", SEVERITY_ERROR, STOP, "firmware entered that is not there",
     "The first stage jumped to the reset vector, but the image does not lie below 4 GiB and below 1 MiB as it was "
     "given."},
    {RULE_EXCEPTION, "exception", SEVERITY_ERROR, STOP, "CPU exception",
     "The firmware has no use for exceptions: on real hardware it would stop in its default "
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
    {RULE_HOB_LIST, "hob-list", SEVERITY_ERROR, GO_ON_THROUGH, "damaged HOB list",
     "DXE walks the list by its lengths and believes what it reads; usually PEI's heap was overwritten, or a HOB was "
     "built by hand with a wrong size."},
    {RULE_HOB_RAM, "hob-ram", SEVERITY_ERROR, GO_ON_THROUGH, "HOB declares RAM where there is none",
     "DXE and the operating system will use it; usually E820 entries were not consulted, were rounded outwards, or the "
     "end of RAM was taken from CMOS."},
    {RULE_HOB_RAM_MISSING, "hob-ram-missing", SEVERITY_WARNING, GO_ON_THROUGH, "RAM that no HOB declares",
     "The guest loses this memory; usually an entry of the E820 table was skipped or cut."},
    {RULE_HOB_VGA, "hob-vga", SEVERITY_ERROR, GO_ON_THROUGH, "HOB declares the VGA range as RAM",
     "A PVH guest has RAM there, but Linux panics when the memory at A0000 is free; usually A0000-100000 is not "
     "reserved."},
    {RULE_HOB_RESERVED_MISSING, "hob-reserved-missing", SEVERITY_WARNING, GO_ON_THROUGH,
     "reserved range that no HOB declares",
     "DXE and the operating system take what nobody declares for free addresses, and may put a device there; usually an "
     "entry of the E820 table, or its type, was skipped."},
    {RULE_HOB_OVERLAP, "hob-overlap", SEVERITY_ERROR, GO_ON_THROUGH, "resource HOBs overlap",
     "The DXE core takes the first and refuses the other, so what the range is depends on their order."},
    {RULE_HOB_ALLOCATION, "hob-allocation", SEVERITY_ERROR, GO_ON_THROUGH, "allocation HOB outside declared RAM",
     "The DXE core cannot reserve what it does not know as RAM; usually a fixed address from another platform, or PEI's "
     "memory beyond the end of RAM."},
    {RULE_HOB_ALLOCATION_OVERLAP, "hob-allocation-overlap", SEVERITY_ERROR, GO_ON_THROUGH, "allocation HOBs overlap",
     "Two owners believe that the same pages are theirs; usually a fixed range lies in what the page allocator gives "
     "out."},
    {RULE_HOB_MEMORY, "hob-memory", SEVERITY_ERROR, GO_ON_THROUGH, "PEI's memory is not where it can be",
     "The DXE core starts in this memory before it knows any other; usually the top of RAM was computed wrongly when "
     "PEI memory was installed."},
    {RULE_HOB_STACK, "hob-stack", SEVERITY_ERROR, GO_ON_THROUGH, "stack HOB does not hold the stack",
     "The DXE core takes the stack's place from this HOB, to guard it and to keep it from being used."},
    {RULE_HOB_CPU, "hob-cpu", SEVERITY_ERROR, GO_ON_THROUGH, "CPU HOB is wrong",
     "The DXE core sizes its memory map and page tables by it: what is wider than the processor cannot be reached, and "
     "what lies beyond it is refused."},
    {RULE_HOB_CPU_NARROW, "hob-cpu-narrow", SEVERITY_WARNING, GO_ON_THROUGH,
     "CPU HOB is narrower than the processor's addresses",
     "PCI resources above it cannot be used; usually the width was computed from RAM and not asked of the processor."},
    {RULE_HOB_VOLUME, "hob-volume", SEVERITY_ERROR, GO_ON_THROUGH, "HOB for a firmware volume that is not sound",
     "The DXE core loads its drivers from it; usually it was overwritten, or nothing allocates its memory."},
    {RULE_HOB_XEN, "hob-xen", SEVERITY_ERROR, GO_ON_THROUGH, "Xen's HOB says what Xen does not",
     "DXE takes Xen's version and, on PVH, the RSDP from it; usually the start info was read wrongly or too late."},
    {RULE_HYPERCALL_PAGE, "hypercall-page", SEVERITY_ERROR, GO_ON_THROUGH, "hypercall page in memory that is free",
     "DXE calls Xen through this page, and gives the same page to whoever asks for memory; usually it was allocated "
     "before PEI's memory was installed, and has moved."},
    {RULE_BUS_CLOCK, "bus-clock", SEVERITY_ERROR, GO_ON_THROUGH, "local APIC timer frequency is wrong",
     "All delays in DXE come from it; usually the calibration against Xen's clock failed, or a default was kept."},
    {RULE_XEN_MAPPING, "xen-mapping", SEVERITY_ERROR, GO_ON_THROUGH, "a page that Xen moved was not put back",
     "The shared info page hides what lies below it, and a page taken from RAM is gone; usually the hypercall that "
     "undoes the mapping failed or is missing."},
    {RULE_PAGE_TABLES, "page-tables", SEVERITY_ERROR, GO_ON_THROUGH, "page tables are not fit for DXE",
     "DXE runs on them until CpuDxe takes over: they must map all RAM at its own address and writable, within the "
     "processor's width, and lie in memory that is allocated."},
    {RULE_DESCRIPTOR_TABLES, "descriptor-tables", SEVERITY_ERROR, GO_ON_THROUGH,
     "descriptor table in memory that is free",
     "The first interrupt or segment load after that memory was given out goes wrong; usually the table was left where "
     "SEC or the reset vector had it."},
    {RULE_INTERRUPTS, "interrupts", SEVERITY_ERROR, GO_ON_THROUGH, "interrupts enabled at the hand-off",
     "The DXE core has no handlers yet; it enables interrupts itself when it has."},
    {RULE_BYTES_CHANGED, "bytes-changed", SEVERITY_ERROR, GO_ON_THROUGH, "bytes changed that had to stay",
     "They are the operating system's, Xen's, the image's or DXE's; whatever changed them did it without breaking a "
     "right: in a phase that may write there, or not through the processor."},
    {RULE_LOW_MEMORY, "low-memory", SEVERITY_WARNING, GO_ON_THROUGH, "low memory changed",
     "Before DXE nothing has business below 1 MiB but to borrow a page for waking processors, and to restore it; "
     "usually a null or truncated pointer was written through."},
    {RULE_GCD_LIST, "gcd-list", SEVERITY_ERROR, GO_ON_THROUGH, "GCD memory space map is broken",
     "It must cover the address space without gaps, each range once; usually memory of the DXE core was overwritten."},
    {RULE_GCD_RAM, "gcd-ram", SEVERITY_ERROR, GO_ON_THROUGH, "GCD has RAM that the guest does not have",
     "DXE gives this memory out; usually a driver added a range as system memory that is none, or a HOB did before."},
    {RULE_GCD_MMIO, "gcd-mmio", SEVERITY_ERROR, GO_ON_THROUGH, "GCD has memory-mapped I/O where the guest has RAM",
     "A device may be put there, and the RAM is lost; usually a PCI window was computed without the E820 table."},
    {RULE_MAP_LIST, "map-list", SEVERITY_ERROR, GO_ON_THROUGH, "UEFI memory map is broken",
     "An operating system cannot use it, or takes the wrong memory; usually memory of the DXE core was overwritten."},
    {RULE_MAP_OVERLAP, "map-overlap", SEVERITY_ERROR, GO_ON_THROUGH, "descriptors of the UEFI memory map overlap",
     "Whose the memory is depends on which of them is looked at."},
    {RULE_MAP_RAM, "map-ram", SEVERITY_ERROR, GO_ON_THROUGH, "UEFI memory map has memory that is no RAM",
     "The operating system uses what Xen reserves or what is not there; usually a range was added or converted "
     "without consulting the E820 table."},
    {RULE_MAP_RAM_MISSING, "map-ram-missing", SEVERITY_WARNING, GO_ON_THROUGH,
     "RAM that is in no descriptor of the UEFI memory map",
     "HOBs declare it, and the operating system never hears of it; usually a descriptor was lost or cut."},
    {RULE_MAP_VGA, "map-vga", SEVERITY_ERROR, GO_ON_THROUGH, "A0000-C0000 is free memory in the UEFI memory map",
     "It is RAM to a PVH guest, but Linux panics when it is conventional memory."},
    {RULE_MAP_RUNTIME, "map-runtime", SEVERITY_ERROR, GO_ON_THROUGH, "runtime memory that cannot be used at run time",
     "The operating system maps what has the runtime attribute, and calls code there; usually the attribute is missing "
     "or too many, or a flash device is believed in that Xen does not have."},
    {RULE_PROCESSOR_TABLES, "processor-tables", SEVERITY_ERROR, GO_ON_THROUGH,
     "the processor's tables or stack in memory that is free",
     "Whoever takes that memory takes the page tables, descriptor tables or stack that are in use."},
    {RULE_PAGE_ATTRIBUTES, "page-attributes", SEVERITY_ERROR, GO_ON_THROUGH,
     "page tables do not do what DXE says of memory",
     "What is believed to be protected is not, or who is given free memory faults in it; usually page tables were changed "
     "behind the GCD's back, or protection was not taken off what was freed."},
    {RULE_SYSTEM_TABLE, "system-table", SEVERITY_ERROR, GO_ON_THROUGH, "UEFI system table is not fit to be handed on",
     "Loaders check signatures and CRCs, and the operating system keeps the table; usually a driver changed it without "
     "a new CRC, or put it where boot services' memory is."},
    {RULE_MEMORY_ATTRIBUTES, "memory-attributes", SEVERITY_ERROR, GO_ON_THROUGH,
     "memory attributes table does not fit the UEFI memory map",
     "The operating system protects runtime code by it, or disbelieves it altogether."},
    {RULE_ACPI_TABLES, "acpi-tables", SEVERITY_ERROR, GO_ON_THROUGH, "ACPI tables are not fit to be handed on",
     "The operating system needs them sound, and in memory that it does not take for its own; usually they were "
     "overwritten, or were allocated as boot services' memory."},
    {RULE_ACPI_LOST, "acpi-lost", SEVERITY_WARNING, GO_ON_THROUGH, "an ACPI table of Xen's is not handed on",
     "Xen describes the guest's devices in it; usually its installation failed, or another took its place."},
    {RULE_SMBIOS_TABLES, "smbios-tables", SEVERITY_ERROR, GO_ON_THROUGH, "SMBIOS tables are not fit to be handed on",
     "The operating system reads them by length and checksum, after boot services are gone."},
    {RULE_UNINITIALISED_FLOW, "uninitialised-flow", SEVERITY_WARNING, GO_ON_THROUGH,
     "a decision by memory that nobody has written",
     "With RAM that starts as something else the firmware goes another way: usually a variable, a buffer or a page "
     "of the stack is used without having been set, or a table is looked for where only luck puts zeros."},
    {RULE_UNINITIALISED_HOB, "uninitialised-hob", SEVERITY_WARNING, GO_ON_THROUGH,
     "bytes in the HOB list that nobody has written",
     "What RAM held at power-on goes on to DXE: usually padding, or a field that is not set, in a HOB that was built "
     "in place; harmless as long as nobody reads it."},
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
