; A loop that only its 64-bit counter could end: not dead, but hopeless.
%macro AT_PEI 0
        xor eax, eax
%%again:
        inc rax
        jnz %%again
%endmacro
%include "rom.inc"
