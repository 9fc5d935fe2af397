; Uses and runs RAM at the very top, where hvmloader would take pages (hvm-1g-stolen), and a page that it has just got.
%macro AT_START 0
        mov dword [0x3efff000], 0xc3c3c3c3
        inc dword [0x3efff004]
        mov eax, 0x3efff000
        call eax
        inc dword [0x3efff004]
        cmp dword [0x3efff004], 2
        MUST e
        mov esi, 8
%%more: lea edx, [esi + 0xfc200]
        mov dword [SPARE], 0xc3c3c3c3
        MOVE_PAGE 0x3efff, edx
        mov ebx, [0xfc208000]
        dec esi
        MOVE_PAGE edx, 0x3efff
        cmp esi, 0
        jne %%more
        MOVE_PAGE 0x3efff, 0xfc200
        mov eax, 0xfc200000
        call eax
        MOVE_PAGE 0xfc200, 0x3efff
%endmacro
%include "loader.inc"
