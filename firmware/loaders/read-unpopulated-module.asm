; Follows a module pointer that it has itself destroyed.
%macro AT_START 0
        mov esi, [ebp + 16]
        mov dword [esi], 0x70000000
%endmacro
%include "loader.inc"
