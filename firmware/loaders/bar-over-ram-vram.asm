; Video memory comes over RAM, which is gone when it has moved on.
%macro AT_START 0
        CONFIG VGA, 0x04, 2
        CONFIG VGA, 0x10, 0x10000000
        mov dword [0x10000000], 0x12345678
        cmp dword [0x10000000], 0x12345678
        MUST e
        CONFIG VGA, 0x10, 0xf0000000
        cmp dword [0xf0000000], 0x12345678
        MUST e
        mov eax, [0x10000000]
%endmacro
%include "loader.inc"
