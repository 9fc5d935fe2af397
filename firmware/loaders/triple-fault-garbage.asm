; Runs what is no code.
%macro AT_START 0
        mov dword [SPARE], 0xffffffff
        mov eax, SPARE
        jmp eax
%endmacro
%include "loader.inc"
