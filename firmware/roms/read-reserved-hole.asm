; Searches a reserved range for a table (layout hole.cfg).
%macro AT_PEI 0
        mov esi, 0x3000000
        mov ecx, 16
        cld
%%next:
        lodsd
        loop %%next
%endmacro
%include "rom.inc"
