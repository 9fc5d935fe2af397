; More address bits than the processor has.
%macro AFTER_HOBS 0
        mov byte [rdi - 8 - 16 + 8], 48
%endmacro
%include "rom.inc"
