; The page-fault handler itself divides by zero, the divide handler itself reads what is not mapped; all are served.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        USE_GATE 0, divide
        USE_GATE 14, page_fault
        mov r13, rsp
        xor r12d, r12d
        mov rbx, UNMAPPED
        mov rax, [rbx]
        IS r12, 3
        cmp r13, rsp
        MUST e
        mov r15d, GOOD
%endmacro
%macro MODULE_CODE 0
page_fault:
        inc r12d
        cmp r12d, 3                 ; the second one, from the divide handler
        je .map
        xor ecx, ecx
.here:  div ecx
        add rsp, 8
        iretq
.map:   mov dword [abs PAGE_TABLES + 0x1000 + 72 * 8], 0xe3
        add rsp, 8
        iretq
divide: inc r12d
        mov rax, [rbx]
        add qword [rsp], 2
        iretq
%endmacro
%include "rom.inc"
