; x87: arithmetic, comparison, conversion, status.
%macro STATUS 0
        fnstsw ax
        and eax, 0x7f00                         ; not the exceptions: see prot-fpu-status
        RESULT eax, 0
%endmacro
%macro IN_PROT 0
        fninit
        fnstcw [DATA]
        fld1
        fldpi
        fadd st1
        fst qword [DATA + 8]
        fmul st0
        fstp tword [DATA + 16]
        fldl2e
        fsqrt
        fist dword [DATA + 32]
        frndint
        fcom st1
        STATUS
        fcomi st1
        RESULT eax, 0x45
        fxam
        STATUS
        fldz
        fxam
        STATUS
        fdivp st1, st0
        STATUS
        fchs
        fstp dword [DATA + 36]
        mov dword [DATA + 40], -7
        fild dword [DATA + 40]
        fabs
        fld st0
        fscale
        fxch
        fprem
        fbstp [DATA + 48]
        fnclex
        fnstenv [DATA + 64]
        mov dword [DATA + 64 + 12], 0           ; where the last instruction was differs among processors
        mov dword [DATA + 64 + 16], 0
        mov dword [DATA + 64 + 20], 0
        mov dword [DATA + 64 + 24], 0
        fninit
        mov word [DATA], 0xf7f                  ; towards zero
        fldcw [DATA]
        fldpi
        fistp qword [DATA + 96]
        fldz
        fld1
        fdivr st1
        STATUS
        fucompp
        STATUS
        fld1
        fld st0
        fsubp st1
        ftst
        STATUS
        fxtract
        fstp qword [DATA + 104]
%endmacro
%include "lock.inc"
