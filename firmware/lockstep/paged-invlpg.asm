; A changed entry counts after INVLPG, after MOV to CR3, and at once where the page was not present.
%macro IN_PAGED 0
        mov dword [0x200000], 1
        mov dword [0x201000], 2
        mov dword [0x202000], 3
        mov eax, [0x210000]
        mov dword [PT + 0x210 * 4], 0x200007
        invlpg [0x210000]
        mov eax, [0x210000]
        RESULT eax, 0
        mov dword [PT + 0x210 * 4], 0x201007
        mov eax, cr3
        mov cr3, eax
        mov eax, [0x210000]
        RESULT eax, 0
        mov dword [PT + 0x211 * 4], 0
        invlpg [0x211000]
        EXPECT .a
        mov eax, [0x211000]
.a:     mov dword [PT + 0x211 * 4], 0x202007
        mov eax, [0x211000]
        RESULT eax, 0
        mov dword [PT + 0x212 * 4], 0x200005
        invlpg [0x212000]
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        EXPECT .b
        mov [0x212000], eax
.b:     mov dword [PT + 0x212 * 4], 0x200007
        invlpg [0x212000]
        mov [0x212000], eax
        mov eax, [0x210004]
        RESULT eax, 0
        mov eax, cr0
        and eax, ~0x80000000
        mov cr0, eax
        jmp .off
.off:   mov eax, [0x210000]
        RESULT eax, 0
%endmacro
%include "lock.inc"
