; Jumps to the reset vector of an image that it has not loaded, without going down to real mode.
%macro AT_START 0
        mov eax, 0xfffffff0
        jmp eax
%endmacro
%include "loader.inc"
