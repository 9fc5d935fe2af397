; shld and shrd.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_PAIRS DOUBLE_SHIFTS
%endmacro
%include "lock.inc"
