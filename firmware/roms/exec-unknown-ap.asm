; The others go to code in RAM that is no module's.
%include "flat.inc"
%define STRAY_AT 0x2000000
%macro AP_CODE 0
        GO_FLAT STRAY_AT
%endmacro
%macro AT_MEMORY 0
        mov dword [abs AP_COUNT], 0
        mov eax, STRAY_AT
        mov dword [rax], 0x10b86690     ; nop; mov ax,0x10
        mov dword [rax + 4], 0xf0d88e00 ; mov ds,ax; lock
        mov dword [rax + 8], 0xf80005ff ; inc dword [AP_COUNT]
        mov dword [rax + 12], 0xf4fa0009
        START_APS
        WAIT_FOR 3
%endmacro
%include "ap.inc"
%include "rom.inc"
