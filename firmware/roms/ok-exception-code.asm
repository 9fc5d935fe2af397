; The error code that is pushed for what reads and writes in one: a write's, whatever comes first.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        USE_GATE 14, page_fault
        mov rbx, UNMAPPED
        add [rbx], eax
        IS r12, 2
        mov eax, [rbx]
        IS r12, 0
        mov [rbx], eax
        IS r12, 2
        lock inc dword [rbx]
        IS r12, 2
        xor ecx, ecx
        cmp [rbx], ecx
        IS r12, 0
        neg byte [rbx]
        IS r12, 2
        xadd [rbx], eax
        IS r12, 2
        mov r15d, GOOD
%endmacro
%macro MODULE_CODE 0
page_fault:
        pop r12
        mov rax, [rsp]
        movzx eax, byte [rax]           ; all but the prefixed and the two-byte ones are two bytes long
        mov edx, 2
        cmp al, 0x0f
        jne .lock
        mov edx, 3
.lock:  cmp al, 0xf0
        jne .on
        mov edx, 3
.on:    add [rsp], rdx
        iretq
%endmacro
%include "rom.inc"
