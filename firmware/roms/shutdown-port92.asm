; Resets through port 92.
%macro AT_SEC 0
        in al, 0x92
        or al, 1
        out 0x92, al
        hlt
%endmacro
%include "rom.inc"
