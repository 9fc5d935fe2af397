; A #GP that has no gate is a double fault, with error code 0.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        NO_GATE 13
        USE_GATE 8, double_fault
        mov r13, rsp
        mov rbx, 0x8000000000000000
        mov rax, [rbx]
        hlt
%endmacro
%macro MODULE_CODE 0
double_fault:
        IS [rsp], 0
        cmp [rsp + 32], r13
        MUST e
        mov r15d, GOOD
        jmp dxe_core_end
dxe_core_end:
        hlt
%endmacro
%include "rom.inc"
