; Sizes a BAR the right way, moves the PM block, and uses video memory where it is.
%macro AT_MEMORY 0
        mov eax, 0x80001804
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        xor eax, eax
        out dx, eax
        mov eax, 0x80001810
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        in eax, dx
        mov esi, eax
        mov eax, 0x2000000              ; would be RAM
        out dx, eax
        mov eax, -1
        out dx, eax
        in eax, dx
        cmp eax, 0xff000008
        MUST e
        mov eax, esi
        out dx, eax
        mov eax, 0x80001804
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        mov eax, 7
        out dx, eax
        and esi, -16
        mov rax, 0x1122334455667788
        mov [rsi + 0x123458], rax
        cmp [rsi + 0x123458], rax
        MUST e
        ; the PIIX4's own timer, at 600
        mov dx, 0x608
        in eax, dx
        cmp eax, -1
        MUST e
        mov eax, 0x80000b40
        mov dx, 0xcf8
        out dx, eax
        mov dx, 0xcfc
        mov eax, 0x601
        out dx, eax
        mov dx, 0x608
        in eax, dx
        test eax, 0xff000000
        MUST z
        mov dx, 0xb004                  ; its control register has gone from here, Xen's timer has not
        in al, dx
        cmp al, 0xff
        MUST e
        mov dx, 0xb008
        in eax, dx
        cmp eax, -1
        MUST ne
%endmacro
%include "rom.inc"
