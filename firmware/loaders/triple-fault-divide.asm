; Divides by zero without an IDT.
%macro AT_START 0
        xor ecx, ecx
        div ecx
%endmacro
%include "loader.inc"
