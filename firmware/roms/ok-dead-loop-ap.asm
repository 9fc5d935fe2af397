; The others wait in a tight loop while the first one computes for long; then it lets them go.
%macro AP_CODE 0
        COUNT_ME
.wait:  pause
        cmp dword [cs:AP_IDS - WAKE_PAGE], 0
        je .wait
        COUNT_ME
        cli
        hlt
%endmacro
%macro AT_PEI 0
        mov dword [abs AP_COUNT], 0
        mov dword [abs AP_IDS], 0
        START_APS
        WAIT_FOR 3
        mov ecx, 4000000
%%busy: dec ecx
        jnz %%busy
        mov dword [abs AP_IDS], 1
        WAIT_FOR 6
%endmacro
%include "ap.inc"
%include "rom.inc"
