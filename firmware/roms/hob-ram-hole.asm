; Declares RAM in one piece, across what the E820 table reserves.
%macro AFTER_HOBS 0
        mov qword [abs HOBS_AT + 0x38 + 0x48 + 48 + 40], 0x3ff00000
        mov word [abs HOBS_AT + 0x38 + 0x48 + 96], 0xfffe ; the other pieces
%endmacro
%include "rom.inc"
