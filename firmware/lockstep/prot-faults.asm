; Exceptions of instructions in 32-bit mode.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_PROT 0
        xor ecx, ecx
        TRY div ecx
        TRY ud2
        TRY db 0xf0, 0x01, 0xd8
        TRY db 0xf0, 0x90
        TRY int3
        TRY int 0x10
        mov al, 0x7f
        add al, 1
        TRY into
        mov dword [DATA], 3
        mov dword [DATA + 4], 9
        mov eax, 10
        TRY bound eax, [DATA]
        mov eax, 3
        bound eax, [DATA]
        TRY db 0x0f, 0x0b
        TRY db 0x0f, 0xff, 0xc0
        TRY aam 0
        mov eax, cr0
        or eax, 8
        mov cr0, eax
        TRY fnop
        clts
        fnop
        TRY movaps xmm0, xmm1
        mov eax, cr0
        or eax, 4
        mov cr0, eax
        TRY fld1
        and eax, ~4
        mov cr0, eax
        TRY db 0x0f, 0x22, 0xe8
        EXPECT 0
        RESULT eax, 0
%endmacro
%include "lock.inc"
