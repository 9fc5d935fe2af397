; Far jumps, calls and returns between 32-bit segments, and those that are refused.
%macro IN_PROT 0
        call CODE32:.here
        call CONFORM:.here
        call far [.pointer]
        push dword CONFORM
        push dword .back
        retf
.back:  mov eax, cs
        RESULT eax, 0
        jmp CODE32:.home
.home:  pushfd
        push dword CODE32
        push dword .iret
        iretd
.iret:  RESULT esp, 0
        EXPECT .a
        jmp 0:.here
.a:     EXPECT .b
        jmp FLAT:.here
.b:     EXPECT .c
        jmp ABSENT:.here
.c:     EXPECT .d
        call 0x1238:.here
.d:     EXPECT .e
        push dword 0
        push dword .here
        retf
.e:     RESULT esp, 0
        add esp, 8
        EXPECT .f
        pushfd
        push dword ROM32
        push dword .here
        iretd
.f:     RESULT esp, 0
        add esp, 12
        EXPECT .g
        jmp USER32:.here
.g:     EXPECT .h
        jmp TASK + 8:.here
.h:     EXPECT 0
        jmp .end
.here:  mov eax, cs
        RESULT eax, 0
        retf
.pointer:
        dd .here
        dw CODE32
.end:
%endmacro
%include "lock.inc"
