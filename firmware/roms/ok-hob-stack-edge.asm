; The stack is empty, and then full.
%macro AT_HANDOFF 0
        mov esp, NEW_STACK
%endmacro
%include "rom.inc"
