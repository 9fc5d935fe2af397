; Unmasked exceptions of x87 and SSE.
%macro IN_LONG 0
        mov rax, cr4
        or eax, 0x600
        mov cr4, rax
        mov rax, cr0
        or eax, 0x20
        mov cr0, rax
        mov dword [abs DATA], 0x1f80 & ~0x200
        ldmxcsr [abs DATA]
        mov rax, 0x3ff0000000000000
        movq xmm0, rax
        pxor xmm1, xmm1
        EXPECT .a
        divsd xmm0, xmm1
.a:     stmxcsr [abs DATA + 4]
        movq rbx, xmm0
        RESULT rbx, 0
        fninit
        mov word [abs DATA + 8], 0x37f & ~4
        fldcw [abs DATA + 8]
        fld1
        fldz
        fdivp st1, st0
        EXPECT .b
        fwait
.b:     fnstsw ax
        RESULT rax, 0
        fnclex
        mov rax, cr0
        or eax, 8
        mov cr0, rax
        EXPECT .c
        movaps xmm0, xmm1
.c:     EXPECT .d
        fwait
.d:     clts
%endmacro
%include "lock.inc"
