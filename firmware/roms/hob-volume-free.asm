; A sound volume in memory that is free.
%macro AT_HOBS 0
        PUT_VOLUME 0x2000000
        HOB_VOLUME 0x2000000, 0x2010000
%endmacro
%include "rom.inc"
