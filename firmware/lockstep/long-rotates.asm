; Rotations, through the carry too.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_VALUES ROTATES
%endmacro
%include "lock.inc"
