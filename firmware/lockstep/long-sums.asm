; Addition and subtraction, all flags.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_PAIRS SUMS
%endmacro
%include "lock.inc"
