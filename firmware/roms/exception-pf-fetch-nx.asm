; Calls into data that the page tables mark as such.
%macro AT_PEI 0
        USE_IDT
        mov ecx, 0xc0000080
        rdmsr
        bts eax, 11
        wrmsr
        bts dword [abs PAGE_TABLES + 0x2000 + 0x10 * 8 + 4], 31
        mov rax, cr3
        mov cr3, rax
        mov eax, 0x2000000
        call rax
%endmacro
%include "rom.inc"
