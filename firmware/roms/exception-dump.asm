; A page fault past the hand-off; its handler prints a dump, as CpuExceptionHandlerLib does, and stops.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        USE_GATE 14, page_fault
        mov rbx, UNMAPPED
        mov [rbx], eax
%endmacro
%macro MODULE_CODE 0
page_fault:
        lea rsi, [dump]
        mov edx, 0x402
.next:  lodsb
        test al, al
        jz .done
        out dx, al
        jmp .next
.done:  jmp .done
dump:   db "!!!! X64 Exception Type - 0E(#PF - Page-Fault)  CPU Apic ID - 00000000 !!!!", 13, 10
        db "ExceptionData - 0000000000000002", 13, 10
        db "!!!! Find image based on IP(0x9004A0) TestPei.dll !!!!", 13, 10, 0
%endmacro
%include "rom.inc"
