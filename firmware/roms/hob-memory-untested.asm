; PEI's memory is in RAM that nobody has tested.
%macro AFTER_HOBS 0
        mov dword [abs HOBS_AT + 0x38 + 0x48 + 48 + 28], 0x3c03
%endmacro
%include "rom.inc"
