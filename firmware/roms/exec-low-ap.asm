; Another processor leaves the page that it was sent to for low memory that holds no code.
%macro AP_CODE 0
        jmp 0:0x7000
%endmacro
%macro AT_PEI 0
        START_APS
        WAIT_FOR 3
%endmacro
%include "ap.inc"
%include "rom.inc"
