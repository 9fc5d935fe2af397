; A write that begins in the info block's last bytes and ends behind it.
%macro AT_PEI 0
        mov qword [abs 0x1024], 0
%endmacro
%include "rom.inc"
