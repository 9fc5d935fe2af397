; Shifts, with counts of 0, 1, more, and more than the width.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_VALUES SHIFTS
%endmacro
%include "lock.inc"
