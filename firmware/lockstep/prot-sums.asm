; Addition and subtraction, all flags.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_PAIRS SUMS
%endmacro
%include "lock.inc"
