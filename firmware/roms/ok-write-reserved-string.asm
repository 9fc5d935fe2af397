; SPDX-License-Identifier: GPL-2.0-or-later
; String instructions long enough to be done by the host, with every result checked: copies, copies onto themselves
; both ways, fills of each width, backwards.
BUFFER equ 0x2000000
OTHER  equ 0x2800000
%macro FILL 0                   ; BUFFER: 64 Ki qwords, each its own index
        mov edi, BUFFER
        xor eax, eax
%%next: mov [rdi + rax * 8], rax
        inc eax
        cmp eax, 0x10000
        jb %%next
%endmacro
%macro QWORD 2                  ; address, value
        mov rax, [abs %1]
        mov rbx, %2
        cmp rax, rbx
        MUST e
%endmacro
%macro AT_MEMORY 0
        cld
        mov ebp, 3              ; the same instructions, three times
.again: FILL
        mov esi, BUFFER
        mov edi, OTHER
        mov ecx, 0x10000
        rep movsq
        cmp esi, BUFFER + 0x80000
        MUST e
        cmp edi, OTHER + 0x80000
        MUST e
        test rcx, rcx
        MUST z
        QWORD OTHER, 0
        QWORD OTHER + 0x7fff8, 0xffff
        QWORD OTHER + 0x80000, 0
        dec ebp
        jnz .again
        ; onto what lies before it: as memmove()
        mov esi, BUFFER + 0x1000
        mov edi, BUFFER
        mov ecx, 0xf000
        rep movsq
        QWORD BUFFER, 0x200
        QWORD BUFFER + 0x77ff8, 0xf1ff
        ; onto its own later elements: the first ones, again and again
        FILL
        mov esi, BUFFER
        mov edi, BUFFER + 16
        mov ecx, 0x8000
        rep movsq
        QWORD BUFFER + 0x40000, 0
        QWORD BUFFER + 0x40008, 1
        QWORD BUFFER + 0x40010, 0x8002
        ; bytes, odd places
        FILL
        mov esi, BUFFER + 3
        mov edi, OTHER + 5
        mov ecx, 0x10001
        rep movsb
        QWORD OTHER + 5 + 5, 1
        QWORD OTHER + 5 + 0xfffd, 0x2001000000002000 ; the last byte copied is its third
        ; backwards
        FILL
        std
        mov esi, BUFFER + 0x7fff8
        mov edi, OTHER + 0x7fff8
        mov ecx, 0x10000
        rep movsq
        cld
        cmp edi, OTHER - 8
        MUST e
        QWORD OTHER + 0x40000, 0x8000
        ; fills
        mov rax, 0x1122334455667788
        mov edi, BUFFER
        mov ecx, 0x4000
        rep stosq
        QWORD BUFFER + 0x1fff8, 0x1122334455667788
        QWORD BUFFER + 0x20000, 0x4000
        mov eax, 0x99aabbcc
        mov edi, BUFFER + 4
        mov ecx, 0x2000
        rep stosd
        QWORD BUFFER, 0x99aabbcc55667788
        QWORD BUFFER + 0x8000, 0x1122334499aabbcc
        mov eax, 0xdd
        mov edi, BUFFER + 7
        mov ecx, 0x4001
        rep stosb
        QWORD BUFFER + 8, 0xdddddddddddddddd
        QWORD BUFFER + 0x4008, 0x99aabbcc99aabbcc
        cmp edi, BUFFER + 0x4008
        MUST e
%endmacro
%include "rom.inc"
