; Follows a pointer that nobody has set, unless it happens to be 0.
%macro AT_PEI 0
        USE_IDT
        mov rbx, [abs SCRATCH]
        test rbx, rbx
        jz %%none
        mov eax, [rbx]
%%none:
%endmacro
%include "rom.inc"
