; Page faults of 32-bit paging: error codes and CR2, reads, writes, fetches, in both rings, and WP.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_PAGED 0
        mov dword [PT + (DATA >> 12) * 4], 0            ; DATA: absent
        mov dword [PT + (DATA >> 12) * 4 + 4], DATA + 0x1005 ; read-only
        mov dword [PT + (DATA >> 12) * 4 + 8], DATA + 0x2003 ; supervisor
        mov eax, cr3
        mov cr3, eax
        TRY mov eax, [DATA + 0x123]
        TRY mov [DATA + 0x456], eax
        TRY mov eax, [0x12345678]
        TRY mov [0xfffffffc], eax
        mov dword [DATA + 0x1000], 1                    ; WP is off
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        TRY mov dword [DATA + 0x1004], 2
        mov eax, [DATA + 0x1000]
        RESULT eax, 0
        mov eax, DATA + 0x10
        TRY jmp eax
        TRY push dword [0x500000]
        TRY lgdt [0x500000]
        push dword USERD
        push dword DATA + 0x8000
        push dword 2
        push dword USER32
        push dword .user
        iretd
.user:  mov ax, USERD
        mov ds, ax
        TRY mov eax, [DATA + 0x2000]
        TRY mov [DATA + 0x2000], eax
        TRY mov [DATA + 0x1000], eax
        TRY mov eax, [DATA]
        mov eax, DATA + 0x2000
        TRY jmp eax
        ud2
%endmacro
%include "lock.inc"
