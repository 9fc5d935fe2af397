; Asks Xen to end the guest as crashed.
%macro AT_PEI 0
        mov dword [abs SCRATCH], 3
        mov esi, SCRATCH
        HYPERCALL SCHED_OP, 2           ; shutdown
        hlt
%endmacro
%include "rom.inc"
