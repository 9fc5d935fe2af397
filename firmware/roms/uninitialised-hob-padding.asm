; Makes room for a GUID extension HOB and fills only its beginning: the rest lies beyond what has been cleared.
%define HOBS_CLEARED 0x400
%macro AT_HOBS 0
        mov dword [rdi + 8], 0xaabbccdd
        HOB_HEADER 4, 0x800
        mov dword [rdi + 4], 0
%endmacro
%include "rom.inc"
