; Writes over the ACPI tables.
%define PVH 1
%macro AT_PEI 0
        POKE 0xfc001000, 0x11223344
%endmacro
%include "rom.inc"
