; Reads where hvmloader's tables come, before any page is there.
%macro AT_START 0
        mov eax, [0xfc001000]
%endmacro
%include "loader.inc"
