; Writes to its own image below 4 GiB, as code that expects flash does.
%macro AT_PEI 0
        POKE 0xfff00000, 0x11223344
%endmacro
%include "rom.inc"
