; UD2, as compilers put it where code cannot go on.
%macro AT_PEI 0
        USE_IDT
        ud2
%endmacro
%include "rom.inc"
