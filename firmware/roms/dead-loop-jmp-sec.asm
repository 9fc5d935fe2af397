; `jmp $` in SEC.
%macro AT_SEC 0
        jmp $
%endmacro
%include "rom.inc"
