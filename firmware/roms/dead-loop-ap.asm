; Waits for an answer of processors that loop for ever.
%macro AP_CODE 0
.here:  jmp .here
%endmacro
%macro AT_PEI 0
        mov dword [abs AP_COUNT], 0
        START_APS
        WAIT_FOR 3
%endmacro
%include "ap.inc"
%include "rom.inc"
