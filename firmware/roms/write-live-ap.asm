; The others overwrite the info block.
%macro AP_CODE 0
        xor ax, ax
        mov ds, ax
        mov dword [0x1000], 0x11223344
        COUNT_ME
        hlt
%endmacro
%macro AT_PEI 0
        mov dword [abs AP_COUNT], 0
        START_APS
        WAIT_FOR 3
%endmacro
%include "ap.inc"
%include "rom.inc"
