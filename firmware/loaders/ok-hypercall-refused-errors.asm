; Errors that a good loader gets: no virtual NUMA, an unknown call, and no more pages (hvm-1g-stolen).
%macro AT_START 0
        HYPERCALL MEMORY_OP, VNUMA, ARG
        cmp eax, -95                    ; EOPNOTSUPP
        MUST e
        HYPERCALL 60, 0, ARG
        cmp eax, -38                    ; ENOSYS
        MUST e
        MOVE_PAGE SPARE >> 12, 0xfc200
        test eax, eax
        MUST z
        MOVE_PAGE 0xfc200, SPARE >> 12
        test eax, eax
        MUST z
%endmacro
%include "loader.inc"
