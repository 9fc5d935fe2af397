; `jmp $` in 32-bit mode, as OVMF's reset vector does when it finds no volume.
%macro AT_FLAT32 0
        mov eax, 0xbfbfbfbf
        mov ebp, eax
        jmp $
%endmacro
%include "rom.inc"
