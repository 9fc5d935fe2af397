; Shifts, with counts of 0, 1, more, and more than the width.
%define DATA_AT 0
%include "arith.inc"
%macro IN_REAL 0
        mov ax, DATA >> 4
        mov ds, ax
        FOR_VALUES SHIFTS
%endmacro
%include "lock.inc"
