; Runs the last byte of RAM.
%macro AT_PEI 0
        COPY_MODULE 0x3ffff000
        mov dword [abs 0x3ffff000 + (size_of_image - module_start)], 0x1000
        mov byte [abs 0x3fffffff], 0xc3
        mov eax, 0x3fffffff
        call rax
%endmacro
%include "rom.inc"
