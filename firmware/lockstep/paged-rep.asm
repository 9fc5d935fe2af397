; REP that faults in the middle: registers say how far it came, and it goes on.
%macro IN_PAGED 0
        mov edi, 0x200000
        mov ecx, 0x800
        mov eax, 0x11111111
        rep stosd
        mov dword [PT + 0x211 * 4], 0
        mov dword [PT + 0x213 * 4], 0
        mov eax, cr3
        mov cr3, eax
        mov esi, 0x200000
        mov edi, 0x210f00
        mov ecx, 0x100
        EXPECT .a
        rep movsd
.a:     RESULT esi, 0
        RESULT edi, 0
        RESULT ecx, 0
        mov dword [PT + 0x211 * 4], 0x211007
        rep movsd
        RESULT edi, 0
        mov edi, 0x212ffd
        mov ecx, 0x10
        EXPECT .b
        rep stosd
.b:     RESULT edi, 0
        RESULT ecx, 0
        mov esi, 0x212ff0
        mov ecx, 0x20
        EXPECT .c
        rep lodsb
.c:     RESULT ecx, 0
        RESULT eax, 0
        mov edi, 0x212ff0
        mov ecx, 0x20
        mov al, 0x11
        EXPECT .d
        repe scasb
.d:     RESULT ecx, 0
        std
        mov edi, 0x214004
        mov ecx, 0x10
        EXPECT .e
        rep stosd
.e:     cld
        RESULT edi, 0
        RESULT ecx, 0
%endmacro
%include "lock.inc"
