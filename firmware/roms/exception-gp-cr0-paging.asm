; Paging without protection. Before that, what CR0 takes: reserved bits that are ignored, both caching bits.
%macro AT_PEI 0
        USE_IDT
        mov rax, cr0
        mov rbx, rax
        or eax, 0x60000000
        mov cr0, rax
        mov rax, rbx
        or eax, 0x40000000
        mov cr0, rax
        mov rax, rbx
        mov cr0, rax
        and al, 0xfe
        mov cr0, rax
%endmacro
%include "rom.inc"
