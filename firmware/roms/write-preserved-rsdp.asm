; Writes over the RSDP.
%macro AT_PEI 0
        POKE 0xea020, 0x11223344
%endmacro
%include "rom.inc"
