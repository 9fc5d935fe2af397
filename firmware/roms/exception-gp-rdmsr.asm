; Reads an MSR that does not exist: Xen answers #GP since 4.15.
%macro AT_PEI 0
        USE_IDT
        mov ecx, 0x12345
        rdmsr
%endmacro
%include "rom.inc"
