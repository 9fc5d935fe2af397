; The others go through a copy of the module's code in a page of its own, as MpInitLib lets them.
%include "flat.inc"
%define COPY_AT 0x2000000
%macro AP_CODE 0
        GO_FLAT COPY_AT
%endmacro
%macro AP_MODULE_CODE 0
        bits 32
flat:   mov ax, 0x10
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov ecx, 0x1234
        xor edx, edx
        jmp short .on
        times 8 nop
.on:    lock inc dword [AP_COUNT]
        cli
        hlt
flat_end:
%endmacro
%macro AT_MEMORY 0
        mov dword [abs AP_COUNT], 0
        lea rsi, [flat]
        mov edi, COPY_AT
        mov ecx, flat_end - flat
        cld
        rep movsb
        START_APS
        WAIT_FOR 3
%endmacro
%include "ap.inc"
%include "rom.inc"
