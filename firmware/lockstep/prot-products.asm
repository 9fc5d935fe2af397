; Multiplication.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_PAIRS PRODUCTS
%endmacro
%include "lock.inc"
