; Video memory right above RAM, and the ROM's address without its enable bit.
%macro AT_START 0
        CONFIG VGA, 0x04, 2
        CONFIG VGA, 0x10, 0x3f000000
        CONFIG VGA, 0x30, 0x10000000
        mov dword [0x3effffff], 0x01020304
        cmp dword [0x3f000000], 0x00010203
        MUST e
        mov dword [0x10000000], 1
%endmacro
%include "loader.inc"
