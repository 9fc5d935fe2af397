; Free memory ends before it begins.
%macro AFTER_HOBS 0
        mov qword [abs HOBS_AT + 32], HOBS_AT
%endmacro
%include "rom.inc"
