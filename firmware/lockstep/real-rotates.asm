; Rotations, through the carry too.
%define DATA_AT 0
%include "arith.inc"
%macro IN_REAL 0
        mov ax, DATA >> 4
        mov ds, ax
        FOR_VALUES ROTATES
%endmacro
%include "lock.inc"
