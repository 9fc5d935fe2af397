; SMEP, which this guest's CPUID does not show.
%macro AT_PEI 0
        USE_IDT
        mov eax, 7
        xor ecx, ecx
        cpuid
        bt ebx, 7
        jc .shown
        mov rax, cr4
        bts rax, 20
        mov cr4, rax
.shown:
%endmacro
%include "rom.inc"
