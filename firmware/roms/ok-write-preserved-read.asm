; Reads the RSDP, SMBIOS and the ACPI tables: they are there to be read. Writes just below the legacy area, and takes it back.
%macro AT_PEI 0
        xor byte [abs 0x9ffff], 1
        xor byte [abs 0x9ffff], 1
        PEEK 0xea020
        cmp eax, "RSD "
        MUST e
        PEEK 0xeb000
        cmp eax, "_SM_"
        MUST e
        PEEK 0xfc001000
%endmacro
%include "rom.inc"
