; Writes the bytes beside the info block, from SEC on.
%macro AT_SEC 0
        mov dword [abs 0xffc], -1
        mov qword [abs 0x1028], -1
        cmp dword [abs 0x1028], -1
        MUST e
%endmacro
%include "rom.inc"
