; Three others come when they are called, twice, each with its own APIC id, and halt.
%macro AP_CODE 0
        mov eax, 1
        cpuid
        shr ebx, 25                     ; the id is twice the vCPU number
        lock bts dword [cs:AP_IDS - WAKE_PAGE], ebx
        COUNT_ME
        cli
        hlt
%endmacro
%macro AT_MEMORY 0
        mov dword [abs AP_COUNT], 0
        mov dword [abs AP_IDS], 0
        START_APS
        WAIT_FOR 3
        cmp dword [abs AP_IDS], 0xe
        MUST e
        START_APS
        WAIT_FOR 6
%endmacro
%include "ap.inc"
%include "rom.inc"
