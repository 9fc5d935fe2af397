; The same structure, cleared before it is set; and what lies behind the end of the list is nobody's.
%macro AT_HOBS 0
        mov qword [abs SCRATCH], 0
        mov dword [abs SCRATCH], 0x11223344
        mov dword [rdi + 8], 0xaabbccdd
        mov rax, [abs SCRATCH]
        mov [rdi + 0x18], rax
        HOB_HEADER 4, 0x20
%endmacro
%macro AFTER_HOBS 0
        mov rax, [abs SCRATCH + 8]
        mov [rdi], rax
%endmacro
%include "rom.inc"
