; Page faults with PAE: error codes, NX with and without EFER.NXE, reserved bits.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_PAE 0
        TRY mov eax, [0x40000000]
        TRY mov [0xc0000000], eax
        mov dword [PT + 0x1c0 * 8], 0
        mov dword [PT + 0x1c1 * 8 + 4], 0x80000000
        mov dword [PT + 0x1c2 * 8 + 4], 0x00100000       ; bit 52
        mov dword [PT + 0x1c3 * 8], 0x1c3005
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        TRY mov eax, [0x1c0000]
        TRY mov [0x1c0004], eax
        TRY mov eax, [0x1c1000]                          ; reserved without NXE
        TRY mov eax, [0x1c2000]
        TRY mov [0x1c3000], eax
        mov eax, 0x1c1000
        TRY jmp eax
        mov ecx, 0xc0000080
        rdmsr
        or eax, 0x800
        wrmsr
        mov eax, cr3
        mov cr3, eax
        mov byte [0x1c1000], 0xc3
        mov al, [0x1c1000]
        RESULT eax, 0
        mov eax, 0x1c1000
        TRY jmp eax
        mov eax, 0x1c0000
        TRY jmp eax
        mov dword [PD + 8], 0x2020e7                     ; bits below 2 MiB of a large page
        invlpg [0x200000]
        TRY mov eax, [0x200000]
%endmacro
%include "lock.inc"
