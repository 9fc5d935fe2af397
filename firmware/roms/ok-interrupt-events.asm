; Event channels interrupt by what the guest asks for: a vector, the platform device's INTx as a level of the I/O APIC, the same
; through the 8259, and nothing.
%include "fault.inc"
SHARED   equ 0xfef00000
PENDING  equ SHARED + 0x800
MASK     equ SHARED + 0xa00
ARG      equ SCRATCH + 0x100
PORT     equ 5
%macro CALLBACK 1               ; HVM_PARAM_CALLBACK_IRQ
        mov dword [abs ARG], 0x7ff0
        mov dword [abs ARG + 4], 0
        mov rax, %1
        mov [abs ARG + 8], rax
        mov esi, ARG
        HYPERCALL 34, 0         ; hvm_op, set_param
        IS rax, 0
%endmacro
%macro EVENT 0
        mov eax, MASK
        mov byte [rax], 1 << PORT
        mov eax, PENDING
        mov byte [rax], 1 << PORT
        mov dword [abs ARG], PORT
        mov esi, ARG
        HYPERCALL 32, 9         ; event_channel_op, unmask
        IS rax, 0
%endmacro
%macro PIN 2                    ; register, value
        POKE 0xfec00000, %1
        POKE 0xfec00010, %2
%endmacro
%macro OUT8 2
        mov al, %2
        out %1, al
%endmacro
%macro AT_DXE 0
        USE_IDT
        USE_GATE 0x50, handler
        USE_GATE 0x51, handler
        USE_GATE 0x2b, handler
        mov dword [abs ARG], 0x7ff0 ; shared_info
        mov dword [abs ARG + 4], 0
        mov qword [abs ARG + 8], 0
        mov qword [abs ARG + 16], SHARED >> 12
        mov esi, ARG
        HYPERCALL MEMORY_OP, 7
        IS rax, 0
        OUT8 0x21, 0xff
        OUT8 0xa1, 0xff
        xor r12d, r12d
        sti
        EVENT                   ; nobody has asked to be told
        nop
        IS r12, 0
        call acknowledge
        CALLBACK 2 << 56 | 0x50
        EVENT
        nop
        nop
        IS r12, 1
        cli
        EVENT                   ; wakes HLT as well
        sti
        hlt
        IS r12, 2
        PIN 0x10 + 2 * 24, 0x8051 ; level
        CALLBACK 1 << 56 | 2 << 11
        EVENT
        nop
        nop
        IS r12, 3
        EVENT
        nop
        nop
        IS r12, 4
        PIN 0x10 + 2 * 24, 0x18051
        OUT8 0x20, 0x11
        OUT8 0x21, 0x20
        OUT8 0x21, 0x04
        OUT8 0x21, 0x01
        OUT8 0x21, 0xfb
        OUT8 0xa0, 0x11
        OUT8 0xa1, 0x28
        OUT8 0xa1, 0x02
        OUT8 0xa1, 0x01
        OUT8 0xa1, 0xf7
        POKE LAPIC + 0x350, 0x700
        EVENT
        nop
        nop
        IS r12, 5
        CALLBACK 0
        EVENT
        nop
        nop
        IS r12, 5
        cli
        mov r15d, GOOD
%endmacro
%macro MODULE_CODE 0
acknowledge:
        mov eax, PENDING
        mov byte [rax], 0
        mov eax, SHARED
        mov byte [rax], 0
        mov qword [rax + 8], 0
        ret
handler:
        inc r12d
        push rax
        push rbx
        call acknowledge
        POKE LAPIC + 0xb0, 0
        OUT8 0xa0, 0x20
        OUT8 0x20, 0x20
        pop rbx
        pop rax
        iretq
%endmacro
%include "rom.inc"
