; Makes a hypercall with the other vendor's instruction.
%macro AT_PEI 0
        USE_IDT
        mov eax, 17
        xor edi, edi
        xor esi, esi
        vmmcall
%endmacro
%include "rom.inc"
