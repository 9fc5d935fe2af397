; SSE and SSE2 in 32-bit mode, the modes of rounding, and MXCSR.
%macro IN_PROT 0
        mov eax, cr4
        or eax, 0x600
        mov cr4, eax
        mov dword [DATA], 0x40490fdb
        mov dword [DATA + 4], 0xbf800000
        mov dword [DATA + 8], 0x7f800000
        mov dword [DATA + 12], 3
        movups xmm0, [DATA]
        movaps xmm1, xmm0
        addps xmm1, xmm0
        movups [DATA + 16], xmm1
        mulss xmm1, xmm0
        cvtss2si eax, xmm1
        RESULT eax, 0
        cvttss2si eax, xmm1
        RESULT eax, 0
        mov dword [DATA + 68], 0x5f80
        ldmxcsr [DATA + 68]
        cvtss2si eax, xmm1
        RESULT eax, 0
        ucomiss xmm0, xmm1
        RESULT eax, 0x45
        pxor xmm2, xmm2
        divss xmm0, xmm2
        pcmpeqd xmm3, xmm3
        psrlq xmm3, 7
        paddb xmm3, xmm1
        pshufd xmm4, xmm3, 0x1b
        movdqu [DATA + 80], xmm4
        cvtdq2ps xmm5, xmm4
        sqrtps xmm5, xmm5
        movdqu [DATA + 96], xmm5
        EXPECT .bad
        mov dword [DATA + 68], 0x12345678
        ldmxcsr [DATA + 68]
.bad:   EXPECT 0
        pmovmskb eax, xmm3
        RESULT eax, 0
%endmacro
%include "lock.inc"
