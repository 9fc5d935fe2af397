; Shifts, with counts of 0, 1, more, and more than the width.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_VALUES SHIFTS
%endmacro
%include "lock.inc"
