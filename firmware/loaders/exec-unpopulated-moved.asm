; Runs what it has given away, and what has run there before.
%macro AT_START 0
        mov byte [SPARE], 0xc3
        mov eax, SPARE
        call eax
        MOVE_PAGE SPARE >> 12, 0xfc200
        mov eax, SPARE
        call eax
%endmacro
%include "loader.inc"
