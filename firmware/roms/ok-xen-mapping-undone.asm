; Maps the shared info page where OvmfXen does, and unmaps it.
%macro AT_MEMORY 0
        mov word [abs SCRATCH], 0x7ff0  ; DOMID_SELF
        mov dword [abs SCRATCH + 4], 0  ; shared_info
        mov qword [abs SCRATCH + 8], 0
        mov qword [abs SCRATCH + 16], 0xfef00
        mov esi, SCRATCH
        HYPERCALL MEMORY_OP, 7          ; add_to_physmap
        test rax, rax
        MUST z
        PEEK 0xfef00000
        mov qword [abs SCRATCH + 8], 0xfef00
        mov esi, SCRATCH
        HYPERCALL MEMORY_OP, 15         ; remove_from_physmap
        test rax, rax
        MUST z
%endmacro
%include "rom.inc"
