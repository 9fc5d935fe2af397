; SEC reads more of page 0 than OvmfXen's does, and the reset code something behind it.
%macro AT_RESET16 0
        mov al, [cs:0xfff0]
        mov ax, [0x20]
%endmacro
%macro AT_SEC 0
        mov eax, [abs 0]
%endmacro
%include "rom.inc"
