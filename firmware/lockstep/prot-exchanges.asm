; xadd, cmpxchg, xchg, with and without LOCK.
%define DATA_AT DATA
%include "arith.inc"
%macro IN_PROT 0
        FOR_PAIRS EXCHANGES
%endmacro
%include "lock.inc"
