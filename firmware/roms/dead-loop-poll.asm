; Waits for a device that does not answer: the port reads as all ones for ever.
%macro AT_PEI 0
        mov dx, 0x3fd
%%wait:
        in al, dx
        test al, 1
        jnz %%wait
%endmacro
%include "rom.inc"
