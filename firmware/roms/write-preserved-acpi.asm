; Writes over the ACPI tables, late.
%macro AT_MEMORY 0
        POKE 0xfc001000, 0x11223344
%endmacro
%include "rom.inc"
