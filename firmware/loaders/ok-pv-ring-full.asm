; A full ring is fine, whose indices wrap as well; all of it is taken.
%macro AT_START 0
        mov dword [CONSOLE_OUT_CONS], -100
        mov dword [CONSOLE_OUT_PROD], -100 + 2048
        mov edi, CONSOLE + 1024
        mov ecx, 2048
        mov al, 'x'
        rep stosb
        NOTIFY 2
        cmp dword [CONSOLE_OUT_CONS], -100 + 2048
        MUST e
%endmacro
%include "loader.inc"
