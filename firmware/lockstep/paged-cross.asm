; Accesses across the end of a page: both there, the second missing, the first missing.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_PAGED 0
        mov dword [PT + 0x201 * 4], 0x230007            ; elsewhere
        mov dword [PT + 0x203 * 4], 0                   ; 202 is the last
        mov dword [PT + 0x204 * 4], 0x204007
        mov dword [PT + 0x206 * 4], 0x206005
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        mov eax, cr3
        mov cr3, eax
        mov dword [0x200ffe], 0x44332211
        mov eax, [0x230000]
        RESULT eax, 0
        mov eax, [0x200ffd]
        RESULT eax, 0
        TRY mov dword [0x202ffe], 0x55667788
        mov eax, [0x202ffc]
        RESULT eax, 0
        TRY mov eax, [0x202ffd]
        TRY mov eax, [0x203ffe]
        TRY mov dword [0x205ffe], 0x99aabbcc
        mov eax, [0x205ffc]
        RESULT eax, 0
%endmacro
%include "lock.inc"
