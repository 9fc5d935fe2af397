; A resource of which start and length together are more than 64 bits hold.
%macro AT_HOBS 0
        HOB_RESOURCE 5, 0xffffffff00000000, 0
        mov rax, 0x200000000
        mov [rdi - 48 + 40], rax
%endmacro
%include "rom.inc"
