; Writes through a pointer that lost its upper half.
%macro AT_MEMORY 0
        mov dword [abs 0x5000], 0x11223344
%endmacro
%include "rom.inc"
