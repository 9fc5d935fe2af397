; UD2 in real mode, with the vector table that hvmloader leaves.
%macro AT_RESET16 0
        ud2
%endmacro
%include "rom.inc"
