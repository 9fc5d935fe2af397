; A function writes beyond its buffer, over its own return address.
%macro AT_PEI 0
        call fill
%endmacro
%macro MODULE_CODE 0
fill:   sub rsp, 32
        mov rdi, rsp
        mov eax, 0x5000
        mov ecx, 5                      ; one too many
        cld
        rep stosq
        add rsp, 32
        ret
%endmacro
%include "rom.inc"
