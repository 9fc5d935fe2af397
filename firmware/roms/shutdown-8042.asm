; Resets through the keyboard controller.
%macro AT_RESET16 0
        mov al, 0xfe
        out 0x64, al
        hlt
%endmacro
%include "rom.inc"
