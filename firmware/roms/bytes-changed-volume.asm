; Changes the volume that DXE is given after SEC has unpacked it.
%macro AT_SEC 0
        PUT_VOLUME 0xa00000
%endmacro
%macro AT_MEMORY 0
        inc byte [abs 0xa05000]
%endmacro
%macro AT_HOBS 0
        HOB_VOLUME 0xa00000, 0xa10000
        HOB_ALLOCATION 4, 0xa00000, 0xa10000
%endmacro
%include "rom.inc"
