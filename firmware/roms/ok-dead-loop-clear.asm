; A long loop that stores what is there already: only its pointer moves.
%macro AT_PEI 0
        mov edi, 0x4000000
%%next:
        mov dword [rdi], 0
        add edi, 4
        cmp edi, 0x5000000
        jb %%next
%endmacro
%include "rom.inc"
