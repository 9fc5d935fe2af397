; xadd, cmpxchg, xchg, with and without LOCK.
%define DATA_AT abs DATA
%include "arith.inc"
%macro IN_LONG 0
        FOR_PAIRS EXCHANGES
%endmacro
%include "lock.inc"
