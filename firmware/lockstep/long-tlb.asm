; What INVLPG, MOV to CR3 and CR4.PGE do to pages that are known.
%macro IN_LONG 0
        mov dword [abs 0x1c0000], 1
        mov dword [abs 0x1c1000], 2
        mov dword [abs 0x1c2000], 3
        mov eax, [abs 0x1d0000]
        mov qword [abs PT + 0x1d0 * 8], 0x1c0007
        invlpg [abs 0x1d0000]
        mov eax, [abs 0x1d0000]
        RESULT rax, 0
        mov qword [abs PT + 0x1d0 * 8], 0x1c1007
        mov rax, cr3
        mov cr3, rax
        mov eax, [abs 0x1d0000]
        RESULT rax, 0
        mov rax, cr4
        or eax, 0x80
        mov cr4, rax
        mov qword [abs PT + 0x1d0 * 8], 0x1c2107
        mov rax, cr4
        and eax, ~0x80
        mov cr4, rax
        mov eax, [abs 0x1d0000]
        RESULT rax, 0
        mov qword [abs PD + 8], PT + 7                  ; a large page becomes a table
        invlpg [abs 0x200000]
        mov eax, [abs 0x3d0000]
        RESULT rax, 0
        mov esi, TABLES
        mov edi, 0x1e0000
        mov ecx, 0x200
        rep movsq
        mov eax, 0x1e0000
        mov cr3, rax
        mov eax, [abs 0x1d0000]
        RESULT rax, 0
        mov eax, TABLES
        mov cr3, rax
%endmacro
%include "lock.inc"
