; Calls into the page where hvmloader's hypercall page was.
%macro AT_PEI 0
        mov eax, 0x80000
        call rax
%endmacro
%include "rom.inc"
