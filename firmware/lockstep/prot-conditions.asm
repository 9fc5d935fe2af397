; All conditions, by setcc and cmov.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_PAIRS CONDITIONS
%endmacro
%include "lock.inc"
