; Maps the shared info page, and leaves it there.
%macro AT_MEMORY 0
        mov word [abs SCRATCH], 0x7ff0  ; DOMID_SELF
        mov dword [abs SCRATCH + 4], 0  ; shared_info
        mov qword [abs SCRATCH + 8], 0
        mov qword [abs SCRATCH + 16], 0xfef00
        mov esi, SCRATCH
        HYPERCALL MEMORY_OP, 7          ; add_to_physmap
        test rax, rax
        MUST z
%endmacro
%include "rom.inc"
