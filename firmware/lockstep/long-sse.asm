; SSE2 in 64-bit mode, all sixteen registers, FXSAVE and FXRSTOR.
%macro IN_LONG 0
        mov rax, cr4
        or eax, 0x600
        mov cr4, rax
        mov rax, 0x400921fb54442d18
        movq xmm0, rax
        movaps xmm15, xmm0
        addsd xmm15, xmm0
        mulsd xmm15, xmm0
        movq rbx, xmm15
        RESULT rbx, 0
        cvtsd2si rbx, xmm15
        RESULT rbx, 0
        sqrtsd xmm8, xmm15
        movapd xmm9, xmm8
        divpd xmm9, xmm0
        cvtsd2ss xmm10, xmm8
        cvtsi2sd xmm11, rax
        ucomisd xmm0, xmm15
        RESULT rax, 0x45
        pxor xmm1, xmm1
        divsd xmm0, xmm1
        stmxcsr [abs DATA + 0x800]
        fninit
        fldpi
        fxsave [abs DATA]
        mov dword [abs DATA + 4], 0             ; last opcode and addresses
        mov qword [abs DATA + 8], 0
        mov qword [abs DATA + 16], 0
        pxor xmm15, xmm15
        fninit
        fxrstor [abs DATA]
        movq rbx, xmm15
        RESULT rbx, 0
        fstp qword [abs DATA + 0x808]
        EXPECT .a
        mov dword [abs DATA + 24], 0xffff1f80
        fxrstor [abs DATA]
.a:     EXPECT .b
        fxsave [abs DATA + 8]
.b:     punpcklbw xmm0, xmm15
        packuswb xmm0, xmm8
        movdqu [abs DATA + 0x810], xmm0
        pshufb xmm0, xmm15
        pcmpgtw xmm0, xmm8
        movdqu [abs DATA + 0x820], xmm0
        crc32 rax, rbx
        RESULT rax, 0
        popcnt rcx, rbx
        RESULT rcx
%endmacro
%include "lock.inc"
