; Another processor meets an instruction that is none; the first one waits.
%macro AP_CODE 0
        ud2
%endmacro
%macro AT_PEI 0
        START_APS
        WAIT_FOR 3
%endmacro
%include "ap.inc"
%include "rom.inc"
