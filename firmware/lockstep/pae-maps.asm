; PAE: four tables, pages of both sizes, other places than their own.
%macro IN_PAE 0
        mov dword [PDPT], 0x0000e7                      ; a directory for the second GiB
        mov dword [PDPT + 8], PT + 7
        mov dword [PDPT + 16], 0x200000e7 & 0xffe00fff
        mov dword [TABLES + 8], PDPT + 1
        mov eax, cr3
        mov cr3, eax
        mov dword [DATA], 0x1234
        mov eax, [0x40000000 + DATA]
        RESULT eax, 0
        mov eax, [0x40200000 + DATA]
        RESULT eax, 0
        mov dword [0x40200000 + DATA], 0x77
        mov eax, [DATA]
        RESULT eax, 0
        mov dword [PT + 0x1c0 * 8], 0x1c1007
        invlpg [0x1c0000]
        mov dword [0x1c0010], 0x99
        mov eax, [0x1c1010]
        RESULT eax, 0
        mov eax, cr0
        and eax, ~0x80000000
        mov cr0, eax
        jmp .off
.off:   mov eax, cr4
        and eax, ~0x20
        mov cr4, eax
        mov eax, [0x1c1010]
        RESULT eax, 0
%endmacro
%include "lock.inc"
