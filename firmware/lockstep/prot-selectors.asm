; What may be loaded into a segment register.
%macro LOAD 2
        mov eax, %2
        EXPECT %%next
        mov %1, ax
%%next: EXPECT 0
        mov eax, %1
        RESULT eax, 0
%endmacro
%macro IN_PROT 0
        LOAD es, FLAT
        LOAD es, 0
        LOAD es, 3
        LOAD es, 0x400
        LOAD es, 0xc
        LOAD es, ABSENT
        LOAD es, CODE32
        LOAD es, CONFORM
        LOAD es, TASK
        LOAD es, ROM32
        LOAD fs, FLAT | 3
        LOAD gs, USERD
        LOAD ss, 0
        LOAD ss, ABSENT
        LOAD ss, CODE32
        LOAD ss, ROM32
        LOAD ss, FLAT | 3
        LOAD ss, USERD
        LOAD ss, 0x1000
        mov ax, FLAT
        mov es, ax
        mov fs, ax
        mov gs, ax
%endmacro
%include "lock.inc"
