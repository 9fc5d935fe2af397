; The stack is not where its HOB says.
%macro AT_HANDOFF 0
        mov esp, 0x1380000
%endmacro
%include "rom.inc"
