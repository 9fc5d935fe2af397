; To ring 3 and back by exceptions: what is refused there, and whose stack is used.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_PROT 0
        push dword USERD
        push dword DATA + 0x8000
        push dword 2
        push dword USER32
        push dword .user
        iretd
.user:  mov ax, USERD
        mov ds, ax
        mov es, ax
        TRY cli
        TRY hlt
        TRY mov eax, cr0
        TRY lgdt [gdtr]
        TRY invlpg [DATA]
        TRY wbinvd
        TRY lmsw ax
        TRY mov dr7, eax
        TRY ud2
        mov ax, FLAT
        TRY mov ds, ax
        TRY jmp CODE32:.user
        xor ecx, ecx
        TRY div ecx
        pushfd
        pop eax
        RESULT eax, 0
        mov eax, cs
        RESULT eax, 0
        smsw eax
        RESULT eax, 0
        ud2
%endmacro
%include "lock.inc"
