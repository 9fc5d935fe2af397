; Reads a BAR after its decode bit was cleared.
%macro AT_START 0
        CONFIG VGA, 0x10, 0xf0000000
        CONFIG VGA, 0x04, 2
        mov dword [0xf0000000], 5
        CONFIG VGA, 0x04, 0
        mov eax, [0xf0000000]
        cmp eax, -1
        MUST e
%endmacro
%include "loader.inc"
