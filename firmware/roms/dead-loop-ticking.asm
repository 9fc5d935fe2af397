; CpuDeadLoop() after a failed ASSERT, while the timer ticks every 10 ms and its handler keeps count in memory.
%include "irq.inc"
%macro SAY 1                    ; text, on the debug port
        lea rsi, [rel %1]
        call say
%endmacro
%macro AT_DXE 0
        TICKING 0x20040, 1000000
        mov edx, 0x402
        SAY assertion
        sti
        call cpu_dead_loop
%endmacro
%macro MODULE_CODE 0
say:    lodsb
        test al, al
        jz .said
        out dx, al
        jmp say
.said:  ret
cpu_dead_loop:
        sub rsp, 0x18
        mov qword [rsp + 8], 0
.again: mov rax, [rsp + 8]
        test rax, rax
        jne .over
        call cpu_pause
        jmp .again
.over:  add rsp, 0x18
        ret
cpu_pause:
        pause
        ret
handler:
        inc qword [abs SCRATCH]
        RETURN_FROM_TIMER
assertion:
        db "ASSERT [TestDxe] /build/Driver.c(77): Status == 0", 10, 0
%endmacro
%include "rom.inc"
