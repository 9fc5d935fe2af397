; The list lies in what the hand-off HOB calls free.
%macro AFTER_HOBS 0
        mov qword [abs HOBS_AT + 40], HOBS_AT
%endmacro
%include "rom.inc"
