; A volume's HOB leads to memory that holds none.
%macro AT_HOBS 0
        HOB_VOLUME SCRATCH, SCRATCH + 0x10000
%endmacro
%include "rom.inc"
