; Changes what lies beside the volume that DXE is given, and a volume that it is not given.
%macro AT_SEC 0
        PUT_VOLUME 0xa00000
        PUT_VOLUME 0xb00000
%endmacro
%macro AT_MEMORY 0
        inc byte [abs 0xa10000]
        inc byte [abs 0xb05000]
%endmacro
%macro AT_HOBS 0
        HOB_VOLUME 0xa00000, 0xa10000
        HOB_ALLOCATION 4, 0xa00000, 0xa10000
%endmacro
%include "rom.inc"
