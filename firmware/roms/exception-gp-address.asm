; Reads a pointer that is not canonical, such as edk2's freed-memory pattern.
%macro AT_PEI 0
        USE_IDT
        mov rbx, 0xafafafafafafafaf
        mov eax, [rbx]
%endmacro
%include "rom.inc"
