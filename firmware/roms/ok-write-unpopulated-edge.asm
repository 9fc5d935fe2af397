; Writes the last bytes of RAM.
%macro AT_PEI 0
        mov rbx, 0x3ffffff8
        mov qword [rbx], 5
        mov byte [rbx + 7], 6
        cmp byte [rbx], 5
        MUST e
%endmacro
%include "rom.inc"
