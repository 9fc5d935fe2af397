; Every kind of store into a read-only range is seen once, with its own RIP, and takes place.
%macro AT_PEI 0
        mov rbp, 0xfff01000
        cld
        mov byte [rbp], 0x11
        mov qword [rbp + 0x0f], 0x22
        xchg [rbp + 0x20], eax
        lock add dword [rbp + 0x28], 1
        lock cmpxchg [rbp + 0x30], ecx
        movups [rbp + 0x41], xmm0
        lea rdi, [rbp + 0x60]
        lea rsi, [module_start]
        mov ecx, 4
        rep movsb
        lea rsp, [rbp + 0x80]
        push rbp
        call %%there
%%there:
        sidt [rbp + 0x90]
        mov esp, TEMP_STACK
        cmp byte [rbp], 0x11
        MUST e
        cmp qword [rbp + 0x0f], 0x22
        MUST e
        cmp dword [rbp + 0x28], 0       ; was FFFFFFFF
        MUST e
        cmp word [rbp + 0x60], "MZ"
        MUST e
        cmp [rbp + 0x78], rbp
        MUST e
        lea rax, [%%there]
        cmp [rbp + 0x70], rax
        MUST e
%endmacro
%include "rom.inc"
