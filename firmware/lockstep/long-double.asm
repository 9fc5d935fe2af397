; The gate of #PF lies where nothing is: #PF while #PF is delivered, a double fault.
%macro IN_LONG 0
        mov rax, 0xffffffff80000000
        mov word [abs idtr], 14 * 16 + 15
        lea rdx, [abs 0x1bff20]                         ; the gates above 13 are in the page that is absent
        mov esi, IDT
        mov rdi, rdx
        mov ecx, 15 * 16
        rep movsb
        mov [abs idtr + 2], rdx
        mov qword [abs PT + 0x1c0 * 8], 0
        invlpg [abs 0x1c0000]
        lidt [abs idtr]
        EXPECT .double
        mov eax, [abs 0x3f000000 + 0x10000000]
.double:
        mov rax, cr2
        RESULT rax, 0
        mov rbx, 0x800000000000                         ; #GP with its gate there is served
        EXPECT .general
        mov eax, [rbx]
.general:
        RESULT rsp, 0
%endmacro
%include "lock.inc"
