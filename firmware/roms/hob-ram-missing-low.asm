; Leaves out the page below the legacy area.
%macro AFTER_HOBS 0
        sub qword [abs HOBS_AT + 0x38 + 0x48 + 40], 0x1000
%endmacro
%include "rom.inc"
