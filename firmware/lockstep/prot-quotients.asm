; Division, and the exception where there is no quotient.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_PAIRS QUOTIENTS
%endmacro
%include "lock.inc"
