; Rotations, through the carry too.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_VALUES ROTATES
%endmacro
%include "lock.inc"
