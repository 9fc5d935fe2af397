; The byte is put right in time, and the module destroyed.
%macro AT_LOADED 0
        inc byte [0xfff12345]
        dec byte [0xfff12345]
        mov esi, [ebp + 16]
        mov edi, [esi]
        mov ecx, 0x1000
        mov al, 0x90
        rep stosb
%endmacro
%include "loader.inc"
