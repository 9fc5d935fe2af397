; Division, and the exception where there is no quotient.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_PAIRS QUOTIENTS
%endmacro
%include "lock.inc"
