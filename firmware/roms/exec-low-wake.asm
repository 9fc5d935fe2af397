; The first processor calls the page that only the others were sent to.
%macro AP_CODE 0
        COUNT_ME
        hlt
%endmacro
%macro AT_PEI 0
        mov dword [abs AP_COUNT], 0
        START_APS
        WAIT_FOR 3
        mov eax, WAKE_PAGE
        call rax
%endmacro
%include "ap.inc"
%include "rom.inc"
