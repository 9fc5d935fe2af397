; The firmware moves video memory over RAM; what it had there is gone.
%macro AT_MEMORY 0
        mov dword [abs 0x2000000], 0x11223344
        mov eax, 0x80001804
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
        or eax, 2
        out dx, eax
        mov eax, 0x80001810
        mov dx, 0xcf8
        out dx, eax
        mov eax, 0x2000000
        mov dx, 0xcfc
        out dx, eax
        mov eax, 0xf1000000
        out dx, eax
        jmp %%on
%%on:   cmp dword [abs 0x2000000], -1
        MUST e
%endmacro
%include "rom.inc"
