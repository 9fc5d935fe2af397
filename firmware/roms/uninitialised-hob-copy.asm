; Builds a GUID extension HOB from a structure whose last four bytes nobody has set.
%macro AT_HOBS 0
        mov dword [abs SCRATCH], 0x11223344
        mov dword [rdi + 8], 0xaabbccdd
        mov rax, [abs SCRATCH]
        mov [rdi + 0x18], rax
        HOB_HEADER 4, 0x20
%endmacro
%include "rom.inc"
