; Calls through a pointer into a second module, which has a header.
%macro AT_PEI 0
        COPY_MODULE 0x2000000
        mov eax, 0x2000000 + (called - module_start)
        mov [abs SCRATCH], rax
        call [abs SCRATCH]
%endmacro
%macro MODULE_CODE 0
called:
        ret
%endmacro
%include "rom.inc"
