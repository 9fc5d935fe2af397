; Waits for an interrupt that nobody sends.
%macro AT_PEI 0
        sti
%%wait: jmp %%wait
%endmacro
%include "rom.inc"
