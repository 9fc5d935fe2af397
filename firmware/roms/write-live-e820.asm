; Puts a stack over the E820 table while still in SEC.
%macro AT_SEC 0
        mov esp, 0x10020
        push rax
        mov esp, TEMP_STACK
%endmacro
%include "rom.inc"
