; The hand-off HOB says that the list ends eight bytes later than it does.
%macro AFTER_HOBS 0
        add qword [abs HOBS_AT + 48], 8
%endmacro
%include "rom.inc"
