; Single steps: a trap behind each instruction.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        USE_GATE 1, step
        xor r12d, r12d
        pushfq
        or dword [rsp], 0x100
        popfq
        nop                         ; one
        nop
        nop
        pushfq
        and dword [rsp], ~0x100
        popfq                       ; six
        IS r12, 6
        mov r15d, GOOD
%endmacro
%macro MODULE_CODE 0
step:   inc r12d
        test dword [rsp + 16], 0x10000
        MUST z
        iretq
%endmacro
%include "rom.inc"
