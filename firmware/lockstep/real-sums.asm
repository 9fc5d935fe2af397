; Addition and subtraction, all flags.
%define DATA_AT 0
%include "arith.inc"
%macro IN_REAL 0
        mov ax, DATA >> 4
        mov ds, ax
        FOR_PAIRS SUMS
%endmacro
%include "lock.inc"
