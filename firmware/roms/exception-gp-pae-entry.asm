; PAE paging with a reserved bit in one of the four top entries: the load of CR3 faults, not the first access. Without it, and
; where the entry is not present, it does not.
%macro AT_FLAT32 0
        mov edi, SCRATCH
        mov dword [edi], 0
        mov dword [edi + 8], 0
        mov dword [edi + 16], 0x1e6
        mov dword [edi + 24], 0
        mov dword [edi], 0x831001
        mov dword [0x831000], 0xe3
        mov dword [0x831000 + 4 * 8], 0x8000e3
        mov eax, 0xffe000e3
        mov [0x831000 + 511 * 8], eax
        mov dword [edi + 24], 0x832001          ; the image, at the end of 4 GiB
        mov dword [0x832000 + 511 * 8], eax
        mov dword [SCRATCH + 0x3000], 0x000fffff
        mov eax, cr4
        or al, 0x20
        mov cr4, eax
        mov cr3, edi
        mov eax, cr0
        bts eax, 31
        mov cr0, eax
        mov cr3, edi
        or dword [edi + 16], 1
        mov cr3, edi
%endmacro
%include "rom.inc"
