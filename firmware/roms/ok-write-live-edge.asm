; Writes the bytes beside the info block and the E820 table, from SEC on, and restores them.
%macro AT_SEC 0
        mov rax, [abs 0x10008]
        mov rdx, [abs 0x1028]
        mov qword [abs 0x10008], -1
        mov qword [abs 0x1028], -1
        cmp dword [abs 0x1028], -1
        MUST e
        mov [abs 0x10008], rax
        mov [abs 0x1028], rdx
%endmacro
%include "rom.inc"
