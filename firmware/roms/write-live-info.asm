; Writes over hvmloader's info block before anybody can have read it; the write is kept from happening.
%macro AT_PEI 0
        POKE 0x1000, 0
        PEEK 0x1000
        cmp eax, "XenH"
        MUST e
%endmacro
%include "rom.inc"
