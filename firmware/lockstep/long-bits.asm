; Bit tests, scans, bswap.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_PAIRS BITS_OF
%endmacro
%include "lock.inc"
