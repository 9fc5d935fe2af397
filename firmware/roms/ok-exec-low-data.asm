; Writes code to low memory, as the wake-up code of other processors is, reads it, restores what was there, and does
; not run it.
%macro AT_MEMORY 0
        mov rax, [abs 0x9f000]
        mov rcx, 0xf4fa9090c3909090
        mov [abs 0x9f000], rcx
        cmp [abs 0x9f000], rcx
        MUST e
        mov [abs 0x9f000], rax
%endmacro
%include "rom.inc"
