; REP that faults in the middle, at a page end and across it.
%macro TRY 1+
        EXPECT %%next
        %1
%%next: RESULT rsi, 0
        RESULT rdi, 0
        RESULT rcx, 0
%endmacro
%macro IN_LONG 0
        mov qword [abs PT + 0x1c1 * 8], 0
        mov qword [abs PT + 0x1c3 * 8], 0x1c3005
        mov rax, cr0
        or eax, 0x10000
        mov cr0, rax
        mov rax, cr3
        mov cr3, rax
        mov rax, 0x0102030405060708
        mov esi, DATA
        mov edi, 0x1c0f80
        mov ecx, 0x40
        TRY rep stosq
        mov edi, 0x1c0ffb
        mov ecx, 3
        TRY rep stosq
        mov edi, 0x1c2fff
        mov ecx, 0x10
        TRY rep movsb
        mov edi, 0x1c2ff1
        mov ecx, 0x10
        TRY rep movsd
        mov esi, 0x1c0ff0
        mov edi, DATA
        mov ecx, 0x20
        TRY rep movsw
        mov esi, 0x1c0ff0
        mov edi, 0x1c0ff0
        mov ecx, 0x20
        TRY repe cmpsb
        mov edi, 0x1c2004
        mov ecx, 0x10
        std
        TRY rep stosd
        cld
        mov rax, [abs 0x1c0ff8]
        RESULT rax, 0
%endmacro
%include "lock.inc"
