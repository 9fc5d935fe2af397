; Reads a member of a structure whose pointer was overwritten with edk2's freed-memory pattern.
%macro AT_PEI 0
        USE_IDT
        mov edi, SCRATCH
        mov eax, 0xafafafaf
        mov ecx, 4
        cld
        rep stosd
        mov rbx, [abs SCRATCH + 8]
        mov eax, [rbx + 0x10]
%endmacro
%include "rom.inc"
