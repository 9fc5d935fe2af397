; xadd, cmpxchg, xchg, with and without LOCK.
%define DATA_AT 0
%include "arith.inc"
%macro IN_REAL 0
        mov ax, DATA >> 4
        mov ds, ax
        FOR_PAIRS EXCHANGES
%endmacro
%include "lock.inc"
