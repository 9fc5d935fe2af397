; Calls code in a reserved range, header or not (layout hole.cfg).
%macro AT_PEI 0
        COPY_MODULE 0x3000000
        mov eax, 0x3000000 + (called - module_start)
        call rax
%endmacro
%macro MODULE_CODE 0
called:
        ret
%endmacro
%include "rom.inc"
