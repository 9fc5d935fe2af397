; The copy below 1 MiB lacks its start.
%macro AT_LOADED 0
        mov dword [0xf0008], 0
%endmacro
%include "loader.inc"
