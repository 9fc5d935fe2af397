; Gives a page back to Xen, and reads it.
%macro AT_PEI 0
        mov dword [abs 0x2000000], 1
        mov word [abs SCRATCH], 0x7ff0  ; DOMID_SELF
        mov qword [abs SCRATCH + 8], 0x2000
        mov esi, SCRATCH
        HYPERCALL MEMORY_OP, 15         ; remove_from_physmap
        mov eax, [abs 0x2000000]
        inc eax
        MUST z
%endmacro
%include "rom.inc"
