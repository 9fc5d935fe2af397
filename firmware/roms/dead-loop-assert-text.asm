; A failed ASSERT as DEBUG builds do it: a line to the debug port, then CpuDeadLoop().
%macro AT_PEI 0
        lea rsi, [message]
        mov ecx, message_end - message
        mov edx, 0x402
        cld
        rep outsb
%%again:
        pause
        jmp %%again
%endmacro
%macro MODULE_CODE 0
message:
        db "DXE IPL Entry", 10
        db "ASSERT [PeiCore] /build/Dispatcher.c(1234): Private != ((void *) 0)", 13, 10
message_end:
%endmacro
%include "rom.inc"
