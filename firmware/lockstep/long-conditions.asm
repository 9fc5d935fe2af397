; All conditions, by setcc and cmov.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_PAIRS CONDITIONS
%endmacro
%include "lock.inc"
