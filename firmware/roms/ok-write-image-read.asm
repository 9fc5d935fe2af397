; Reads and runs its image; writes go to a copy in RAM.
%macro AT_SEC 0
        PEEK 0xfffffff0
        mov [abs SCRATCH], eax
        mov rsi, 0xffff0000
        mov edi, SCRATCH
        mov ecx, 0x1000
        cld
        rep movsb
%endmacro
%include "rom.inc"
