; Reads through a page directory entry with a reserved bit.
%macro AT_PEI 0
        USE_IDT
        bts dword [abs PAGE_TABLES + 0x2000 + 0x10 * 8], 13
        mov rax, cr3
        mov cr3, rax
        mov eax, [abs 0x2000000]
%endmacro
%include "rom.inc"
