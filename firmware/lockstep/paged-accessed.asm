; The accessed and dirty bits: what is read, written, run; what faults leaves them.
%macro IN_PAGED 0
        mov eax, [0x200000]
        mov [0x201000], eax
        mov eax, [0x202000]
        mov [0x202000], eax
        mov byte [0x203000], 0xc3
        mov eax, 0x203000
        call eax
        mov dword [PT + 0x204 * 4], 0x204005
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        EXPECT .a
        mov [0x204000], eax
.a:     mov eax, [PT + 0x200 * 4]
        RESULT eax, 0
        mov eax, [PT + 0x204 * 4]
        RESULT eax, 0
        mov esi, 0x205000
        mov edi, 0x206000
        mov ecx, 3
        rep movsd
        inc dword [0x207000]
        mov eax, [0x208ffe]
%endmacro
%include "lock.inc"
