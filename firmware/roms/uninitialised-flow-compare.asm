; Compares two buffers of which nobody has written one: how far the comparison goes depends on it.
%macro AT_MEMORY 0
        mov edi, SCRATCH
        mov ecx, 0x20
        mov al, 0xaf
        cld
        rep stosb
        mov esi, SCRATCH
        mov edi, SCRATCH + 0x1000
        mov ecx, 0x20
        repe cmpsb
%endmacro
%include "rom.inc"
