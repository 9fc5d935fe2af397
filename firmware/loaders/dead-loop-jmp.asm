; Never enters the firmware.
%macro AT_START 0
        jmp $
%endmacro
%include "loader.inc"
