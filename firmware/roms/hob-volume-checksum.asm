; A volume with a wrong checksum.
%macro AT_HOBS 0
        PUT_VOLUME SCRATCH
        inc byte [abs SCRATCH + 50]
        HOB_VOLUME SCRATCH, SCRATCH + 0x10000
%endmacro
%include "rom.inc"
