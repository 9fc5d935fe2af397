; Writes to the low copy of the image.
%macro AT_SEC 0
        POKE 0xf0000, 0x11223344
%endmacro
%include "rom.inc"
