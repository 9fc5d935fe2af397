; The pointer is loaded into a register, kept over a call, and moved to another: it lay in a structure whose pointer lay in memory.
%macro AT_PEI 0
        mov eax, SCRATCH + 0x100
        mov [abs SCRATCH + 8], rax
        mov dword [abs SCRATCH + 0x120], 0x10
        mov ebx, SCRATCH
        mov rcx, [rbx + 8]
        mov rax, [rcx + 0x20]
        push rax
        call nothing
        pop rdx
        mov r10, rdx
        mov ecx, 5
        call r10
%endmacro
%macro MODULE_CODE 0
nothing:
        mov eax, 1
        ret
%endmacro
%include "rom.inc"
