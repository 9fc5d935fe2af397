; Asks Xen to power the guest off.
%define PVH 1
%macro AT_PEI 0
        mov dword [abs SCRATCH], 0
        mov esi, SCRATCH
        HYPERCALL SCHED_OP, 2           ; shutdown
        hlt
%endmacro
%include "rom.inc"
