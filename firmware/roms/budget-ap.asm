; Two processors store by turns and never agree: no end, but no standstill either.
%macro AP_CODE 0
.turn:  inc dword [cs:AP_IDS - WAKE_PAGE]
        jmp .turn
%endmacro
%macro AT_PEI 0
        mov dword [abs AP_COUNT], 0
        START_APS
        WAIT_FOR 3
%endmacro
%include "ap.inc"
%include "rom.inc"
