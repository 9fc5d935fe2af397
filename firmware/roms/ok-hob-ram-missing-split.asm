; Declares RAM in two pieces that touch.
%macro AT_HOBS 0
        sub qword [abs HOBS_AT + 0x38 + 0x48 + 48 + 40], 0x10000000
        HOB_RESOURCE 0, 0x30000000, 0x40000000
%endmacro
%include "rom.inc"
