; The argument is not in memory.
%macro AT_START 0
        HYPERCALL MEMORY_OP, MEMORY_MAP, 0x60000000
%endmacro
%include "loader.inc"
