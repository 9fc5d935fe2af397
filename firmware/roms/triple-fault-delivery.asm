; A page fault with a stack that is not mapped either: not even the double fault can be served.
%include "fault.inc"
%macro AT_DXE 0
        USE_IDT
        mov rsp, UNMAPPED
        push rax
%endmacro
%include "rom.inc"
