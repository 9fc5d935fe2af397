; The first byte behind page 0, an address in it that is taken but not read, and a table that is read with an index below 0.
%macro AT_PEI 0
        xor ebx, ebx
        lea rax, [rbx + 0x18]
        mov al, [abs 0x1000]
        mov eax, -0x1000
        movsxd rbx, eax
        mov al, [rbx + 0x2000]
        prefetcht0 [abs 0x10]
        invlpg [abs 0x10]
%endmacro
%include "rom.inc"
