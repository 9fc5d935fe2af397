; LAR, LSL, VERR, VERW, ARPL.
%macro LOOK 1
        mov ebx, %1
        mov eax, 0x5555
        lar eax, ebx
        RESULT eax, 0x40
        lsl eax, ebx
        RESULT eax, 0x40
        verr bx
        RESULT ebx, 0x40
        verw bx
        RESULT ebx, 0x40
%endmacro
%macro IN_PROT 0
        LOOK 0
        LOOK CODE32
        LOOK FLAT
        LOOK CODE16
        LOOK DATA16
        LOOK DOWN
        LOOK ABSENT
        LOOK TASK
        LOOK ROM32
        LOOK CONFORM
        LOOK USERD
        LOOK 0x2000
        mov ax, 0x10
        mov bx, 0x33
        arpl ax, bx
        RESULT eax, 0x40
        arpl ax, bx
        RESULT eax, 0x40
        str eax
        RESULT eax, 0
        sldt eax
        RESULT eax, 0
        sgdt [DATA]
        sidt [DATA + 8]
%endmacro
%include "lock.inc"
