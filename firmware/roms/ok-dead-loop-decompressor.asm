; The section extraction handler returns: its work is charged by its output.
%macro AT_SEC 0
        lea rcx, [%%section]
        mov edx, SCRATCH
        mov r8d, SCRATCH + 0x100
        mov r9d, SCRATCH + 8
        call %%decode
        jmp %%over
%%section:                      ; gLzmaCustomDecompressGuid, 64 KiB unpacked
        db 0x40, 0, 0, 2
        db 0x98, 0x58, 0x4e, 0xee, 0x14, 0x39, 0x59, 0x42, 0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf
        dw 24, 1
        db 0x5d, 0, 0, 0, 1
        dq 0x10000
%%decode:
        mov edi, 0x2000000
        mov ecx, 0x10000 / 4
        xor eax, eax
        cld
        rep stosd
        ret
%%over:
%endmacro
%include "rom.inc"
