; Clears a buffer that runs 64 bytes into a reserved range: one finding, all accesses counted (layout hole.cfg).
%macro AT_PEI 0
        mov edi, 0x2ffff00
        mov ecx, (0x100 + 64) / 4
        xor eax, eax
        cld
        rep stosd
%endmacro
%include "rom.inc"
