; A gate with an interrupt stack: the handler runs there, whatever RSP is, and comes back.
%include "fault.inc"
GDT_AT equ SCRATCH
TSS_AT equ SCRATCH + 0x100
IST_AT equ SCRATCH + 0x1008     ; is aligned down
%macro AT_DXE 0
        USE_IDT
        sub rsp, 16
        sgdt [rsp]
        mov rsi, [rsp + 2]
        mov edi, GDT_AT
        mov ecx, 4
        cld
        rep movsq
        mov rax, 0x0000890000000067 | (TSS_AT & 0xffff) << 16 | (TSS_AT >> 16 & 0xff) << 32
        stosq
        xor eax, eax
        stosq
        mov word [rsp], 0x2f
        mov qword [rsp + 2], GDT_AT
        lgdt [rsp]
        add rsp, 16
        mov edi, TSS_AT
        mov ecx, 13
        xor eax, eax
        rep stosq
        mov qword [abs TSS_AT + 0x24 + 8], IST_AT
        mov eax, 0x20
        ltr ax
        USE_GATE 14, page_fault
        mov byte [abs IDT_AT + 14 * 16 + 4], 2
        xor r12d, r12d
        mov rbx, UNMAPPED
        mov r14, rsp
        mov r13, UNMAPPED + 0x40000000
        mov rsp, r13
        push rbx                    ; nothing is there: only another stack can serve this
        mov rsp, r14
        IS r12, 1
        mov r15d, GOOD
%endmacro
%macro MODULE_CODE 0
page_fault:
        inc r12d
        cmp [rsp + 32], r13
        MUST e
        lea rax, [rsp + 48]
        IS rax, SCRATCH + 0x1000
        IS [rsp], 2
        mov dword [abs PAGE_TABLES + 0x1000 + 73 * 8], 0xe3
        add rsp, 8
        iretq
%endmacro
%include "rom.inc"
