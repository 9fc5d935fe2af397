; Reads, copies and sums up memory that nobody has written, and decides nothing by it.
%macro AT_MEMORY 0
        mov esi, SCRATCH
        mov edi, SCRATCH + 0x1000
        mov ecx, 0x100
        cld
        rep movsb
        mov esi, SCRATCH + 0x1000
        mov ecx, 0x20
        xor eax, eax
%%sum:  add rax, [rsi]
        add esi, 8
        loop %%sum
        mov [abs SCRATCH + 0x2000], rax
        cmp rax, [abs SCRATCH + 0x3000]
        setb [abs SCRATCH + 0x2008]
%endmacro
%include "rom.inc"
