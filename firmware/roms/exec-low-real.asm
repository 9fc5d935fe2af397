; Runs code in low memory in real mode: legal there, but nothing that Xen starts does so before the hand-off.
%macro AT_RESET16 0
        mov dword [0x7000], 0xcb909090 ; nop nop nop retf
        mov sp, 0x7000
        push cs
        push word %%back - code_start
        jmp 0:0x7000
%%back:
        mov dword [0x7000], 0
%endmacro
%include "rom.inc"
