; HLT stands in the code but is never reached.
%macro AT_PEI 0
        xor eax, eax
        test eax, eax
        jz %%over
        hlt
%%over:
%endmacro
%include "rom.inc"
