; Multiplication.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_PAIRS PRODUCTS
%endmacro
%include "lock.inc"
