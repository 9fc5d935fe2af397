; No HOB for the processor.
%macro AFTER_HOBS 0
        mov word [rdi - 8 - 16], 0xfffe
%endmacro
%include "rom.inc"
