; The page-fault handler maps what is missing, and the instruction runs again: three times, a read, a write and a locked one.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        USE_GATE 14, page_fault
        mov qword [abs 0x34567890], 0x1111
        xor r12d, r12d
        mov rbx, UNMAPPED
        xor r14d, r14d
        mov rax, [rbx]
        IS rax, 0x1111
        mov dword [abs PAGE_TABLES + 0x1000 + 72 * 8], 0
        invlpg [rbx]
        mov r14d, 2
        mov qword [rbx], 0x2222
        IS [abs 0x34567890], 0x2222
        mov dword [abs PAGE_TABLES + 0x1000 + 72 * 8], 0xe1
        invlpg [rbx]
        mov rax, cr0
        bts eax, 16
        mov cr0, rax
        mov r14d, 3
        lock inc qword [rbx]
        IS [abs 0x34567890], 0x2223
        IS r12, 3
        mov r15d, GOOD
%endmacro
%macro MODULE_CODE 0
page_fault:
        inc r12d
        mov rax, cr2
        cmp rax, rbx
        MUST e
        cmp [rsp], r14              ; the error code
        MUST e
        mov dword [abs PAGE_TABLES + 0x1000 + 72 * 8], 0xe3 ; 1 GiB at 0
        invlpg [rbx]
        add rsp, 8
        iretq
%endmacro
%include "rom.inc"
