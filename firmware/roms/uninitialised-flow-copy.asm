; Copies memory that nobody has written, keeps a word of the copy on the stack for a while, and decides by it.
%macro AT_MEMORY 0
        mov esi, SCRATCH
        mov edi, SCRATCH + 0x1000
        mov ecx, 0x40
        cld
        rep movsb
        push qword [abs SCRATCH + 0x1010]
        mov ecx, 5000
%%work: loop %%work
        pop rax
        test rax, rax
        jns %%positive
        nop
%%positive:
%endmacro
%include "rom.inc"
