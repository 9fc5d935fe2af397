; Gives a page back to Xen, and writes to it afterwards.
%macro AT_PEI 0
        mov dword [abs 0x2000000], 1
        mov word [abs SCRATCH], 0x7ff0  ; DOMID_SELF
        mov qword [abs SCRATCH + 8], 0x2000
        mov esi, SCRATCH
        HYPERCALL MEMORY_OP, 15         ; remove_from_physmap
        test rax, rax
        MUST z
        mov dword [abs 0x2000000], 2
        mov dword [abs 0x1fffffc], 3    ; its neighbours are still there
        mov dword [abs 0x2001000], 4
        cmp dword [abs 0x2001000], 4
        MUST e
%endmacro
%include "rom.inc"
