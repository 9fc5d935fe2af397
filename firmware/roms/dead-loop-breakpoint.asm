; A failed ASSERT that ends in INT3, whose handler prints a dump and stops, as in a DEBUG build with breakpoints.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        USE_GATE 3, breakpoint
        mov edx, 0x402
        lea rsi, [rel text]
        call say
        int3
%endmacro
%macro MODULE_CODE 0
breakpoint:
        lea rsi, [rel dump]
        call say
.stop:  jmp .stop
say:    lodsb
        test al, al
        jz .said
        out dx, al
        jmp say
.said:  ret
text:   db "ASSERT [TestDxe] /build/Driver.c(5): Handle != 0", 10, 0
dump:   db "!!!! X64 Exception Type - 03(#BP - Breakpoint)  CPU Apic ID - 00000000 !!!!", 13, 10
        db "!!!! Find image based on IP(0x9004A0) TestPei.dll !!!!", 13, 10, 0
%endmacro
%include "rom.inc"
