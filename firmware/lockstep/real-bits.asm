; Bit tests, scans, bswap.
%define DATA_AT 0
%include "arith.inc"
%macro IN_REAL 0
        mov ax, DATA >> 4
        mov ds, ax
        FOR_PAIRS BITS_OF
%endmacro
%include "lock.inc"
