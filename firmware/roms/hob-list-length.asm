; A HOB that is shorter than a header, behind the DXE core's.
%macro AT_HOBS 0
        mov dword [rdi], 0x00040004
        add rdi, 8
%endmacro
%include "rom.inc"
