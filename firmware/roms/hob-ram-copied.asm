; A HOB is built elsewhere by a function, and copied into the list by another: the first of them is to blame.
%macro AT_HOBS 0
        push rdi
        mov edi, SCRATCH
        call build
        pop rdi
        call copy
%endmacro
%macro MODULE_CODE 0
build:  HOB_RESOURCE 0, 0xfc000000, 0xfc00b000
        ret
copy:   mov esi, SCRATCH
        mov ecx, 48
        cld
        rep movsb
        ret
%endmacro
%include "rom.inc"
