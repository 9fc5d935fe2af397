; One operand: inc and dec keep CF, neg and not.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_VALUES SINGLES
%endmacro
%include "lock.inc"
