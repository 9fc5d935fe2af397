; Writes the page behind page 0, which has been read by now.
%macro AT_MEMORY 0
        mov dword [abs 0x1000], 0
%endmacro
%include "rom.inc"
