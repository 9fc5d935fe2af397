; Writes the bytes beside the info block, from SEC on, and restores them.
%macro AT_SEC 0
        mov eax, [abs 0xffc]
        mov rdx, [abs 0x1028]
        mov dword [abs 0xffc], -1
        mov qword [abs 0x1028], -1
        cmp dword [abs 0x1028], -1
        MUST e
        mov [abs 0xffc], eax
        mov [abs 0x1028], rdx
%endmacro
%include "rom.inc"
