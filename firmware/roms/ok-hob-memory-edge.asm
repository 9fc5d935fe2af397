; PEI's memory goes up to the end of RAM, and all of it is used.
%macro AFTER_HOBS 0
        mov qword [abs HOBS_AT + 16], 0x40000000
        mov qword [abs HOBS_AT + 32], 0x40000000
        mov qword [abs HOBS_AT + 40], 0x40000000
%endmacro
%include "rom.inc"
