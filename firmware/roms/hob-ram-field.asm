; One field of a HOB is read from a table, which is no copy of it: who built the HOB is to blame.
%macro AT_HOBS 0
        mov eax, 0xfc000000
        mov [abs SCRATCH], rax
        mov rax, [abs SCRATCH]
        mov [rdi + 32], rax
        mov dword [rdi + 24], 0
        mov dword [rdi + 28], 0x3c07
        mov qword [rdi + 40], 0xb000
        HOB_HEADER 3, 48
%endmacro
%include "rom.inc"
