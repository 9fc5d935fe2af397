; PEI's memory goes beyond the end of RAM.
%macro AFTER_HOBS 0
        mov qword [abs HOBS_AT + 16], 0x40001000
%endmacro
%include "rom.inc"
