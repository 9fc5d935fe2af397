; Reads from a page that it has given away.
%macro AT_START 0
        mov dword [SPARE], 1
        MOVE_PAGE SPARE >> 12, 0xfc200
        mov eax, [SPARE]
        cmp eax, -1
        MUST e
%endmacro
%include "loader.inc"
