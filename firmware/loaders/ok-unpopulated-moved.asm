; Uses a moved page where it is now, and a new one where it was.
%macro AT_START 0
        mov dword [SPARE], 0xc3
        MOVE_PAGE SPARE >> 12, 0xfc200
        cmp dword [0xfc200000], 0xc3
        MUST e
        mov eax, 0xfc200000
        call eax
        MOVE_PAGE (SPARE >> 12) + 1, SPARE >> 12
        mov dword [SPARE], 2
        cmp dword [SPARE], 2
        MUST e
        ; beyond the plan, and back
        MOVE_PAGE SPARE >> 12, 0x200000
        test eax, eax
        MUST z
        MOVE_PAGE 0x200000, (SPARE >> 12) + 1
        cmp dword [SPARE + 0x1000], 2
        MUST e
%endmacro
%include "loader.inc"
