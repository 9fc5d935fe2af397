; Loads an IDT with limit 0 and breaks: the old way to reset a PC.
%macro AT_PEI 0
        USE_IDT
        push qword 0
        push qword 0
        lidt [rsp]
        int3
%endmacro
%include "rom.inc"
