; Bit tests, scans, bswap.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_PAIRS BITS_OF
%endmacro
%include "lock.inc"
