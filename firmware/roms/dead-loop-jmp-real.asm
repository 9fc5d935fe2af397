; `jmp $` in real mode.
%macro AT_RESET16 0
        jmp $
%endmacro
%include "rom.inc"
