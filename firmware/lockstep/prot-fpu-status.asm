; The exceptions that x87 and SSE keep in their status words.
%macro IN_PROT 0
        mov eax, cr4
        or eax, 0x600
        mov cr4, eax
        fninit
        fldpi
        fmul st0
        fnstsw ax
        RESULT eax, 0
        fnclex
        fld1
        fldz
        fdivp st1, st0
        fnstsw ax
        RESULT eax, 0
        mov dword [DATA], 0x1f80
        ldmxcsr [DATA]
        mov dword [DATA + 4], 0x3f800000
        movss xmm0, [DATA + 4]
        pxor xmm1, xmm1
        divss xmm0, xmm1
        stmxcsr [DATA + 8]
%endmacro
%include "lock.inc"
