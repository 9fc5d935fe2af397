; Decimal adjustment.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_VALUES DECIMAL
%endmacro
%include "lock.inc"
