; Exceptions in handlers: served in turn, contributory ones together are a double fault.
%macro GATE_TO 2
        mov edx, %2
        mov [abs IDT + %1 * 16], dx
        shr edx, 16
        mov [abs IDT + %1 * 16 + 6], dx
%endmacro
%macro IN_LONG 0
        GATE_TO 14, .page
        mov rbx, 0x1234567890
        mov eax, [rbx]
        RESULT r12, 0
        and byte [abs IDT + 11 * 16 + 5], 0x7f
        and byte [abs IDT + 5], 0x7f                    ; #DE, then #NP, neither present
        xor ecx, ecx
        EXPECT .double
        div ecx
.double:
        RESULT rsp, 0
        jmp .end
.page:  inc r12d
        xor ecx, ecx
        EXPECT .divided
        div ecx
.divided:
        inc r12d
        add qword [rsp + 8], 2
        add rsp, 8
        iretq
.end:
%endmacro
%include "lock.inc"
