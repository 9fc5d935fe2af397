; The 8254 asks through the 8259, which hvmloader has left wired to the local APIC.
%include "irq.inc"
%macro OUT8 2
        mov al, %2
        out %1, al
%endmacro
%macro AT_PEI 0
        USE_IDT
        USE_GATE 0x20, handler
        OUT8 0x20, 0x11
        OUT8 0x21, 0x20
        OUT8 0x21, 0x04
        OUT8 0x21, 0x01
        OUT8 0x21, 0xfe
        POKE LAPIC + 0x350, 0x700
        OUT8 0x43, 0x34         ; counter 0, rate generator: 1193 ticks are a millisecond
        OUT8 0x40, 0xa9
        OUT8 0x40, 0x04
        xor r12d, r12d
        sti
        hlt
        hlt
        cli
        OUT8 0x21, 0xff
        cmp r12d, 2
        MUST e
%endmacro
%macro MODULE_CODE 0
handler:
        inc r12d
        push rax
        OUT8 0x20, 0x20
        pop rax
        iretq
%endmacro
%include "rom.inc"
