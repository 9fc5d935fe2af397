; And, or, xor, test.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_PAIRS LOGIC
%endmacro
%include "lock.inc"
