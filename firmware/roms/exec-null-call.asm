; Calls through a protocol pointer that nobody has set.
%macro AT_PEI 0
        xor eax, eax
        call rax
%endmacro
%include "rom.inc"
