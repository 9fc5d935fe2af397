; `jmp $`.
%macro AT_PEI 0
        jmp $
%endmacro
%include "rom.inc"
