; Writes to a page that the page tables protect.
%macro AT_PEI 0
        USE_IDT
        mov rax, cr0
        bts rax, 16
        mov cr0, rax           ; WP
        and dword [abs PAGE_TABLES + 0x2000 + 0x10 * 8], ~2
        mov rax, cr3
        mov cr3, rax
        mov dword [abs 0x2000123], 1
%endmacro
%include "rom.inc"
