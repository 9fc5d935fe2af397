; The console's output ring holds 2048 bytes, and one more is said to be there.
%macro AT_START 0
        mov dword [CONSOLE_OUT_CONS], 7
        mov dword [CONSOLE_OUT_PROD], 7 + 2049
        NOTIFY 2
%endmacro
%include "loader.inc"
