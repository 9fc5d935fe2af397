; PSE: pages of 4 MiB.
%macro IN_PAGED 0
        EXPECT .none
        mov dword [TABLES + 4], 0xe7
        mov eax, [0x400000 + DATA]                      ; not large without CR4.PSE
.none:  EXPECT 0
        mov eax, cr4
        or eax, 0x10
        mov cr4, eax
        mov dword [DATA], 0x5a5a
        mov eax, [0x400000 + DATA]
        RESULT eax, 0
        mov dword [0x400000 + DATA + 4], 0x77
        mov eax, [DATA + 4]
        RESULT eax, 0
        mov dword [TABLES + 8], 0x002000e7              ; bit 21 is reserved
        EXPECT .reserved
        mov eax, [0x800000 + DATA]
.reserved:
        mov dword [TABLES + 12], 0xe5
        mov eax, cr0
        or eax, 0x10000
        mov cr0, eax
        EXPECT .read_only
        mov [0xc00000 + DATA], eax
.read_only:
        mov eax, [0xc00000 + DATA]
        RESULT eax, 0
%endmacro
%include "lock.inc"
