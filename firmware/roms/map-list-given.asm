; The loader writes over the map that it was given.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%macro WITH_MAP 0
        SET64 GIVEN_MAP + GIVEN_STEP + 24, 0
%endmacro
%include "dxe.inc"
