; Resets through port CF9.
%macro AT_PEI 0
        mov dx, 0xcf9
        mov al, 2
        out dx, al
        mov al, 6
        out dx, al
        hlt
%endmacro
%include "rom.inc"
