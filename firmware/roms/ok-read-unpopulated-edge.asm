; Reads the last bytes of RAM.
%macro AT_PEI 0
        mov rbx, 0x3ffffff8
        mov rax, [rbx]
%endmacro
%include "rom.inc"
