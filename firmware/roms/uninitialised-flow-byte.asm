; Decides by a byte of RAM that nobody has written.
%macro AT_PEI 0
        cmp byte [abs SCRATCH + 0x123], 0x5a
        je %%known
        nop
%%known:
%endmacro
%include "rom.inc"
