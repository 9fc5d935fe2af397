; TF: one debug exception after each instruction.
%macro IN_PROT 0
        mov eax, dr6
        EXPECT .one
        pushfd
        or dword [esp], 0x100
        popfd
        mov ecx, 3
.one:   pushfd
        and dword [esp], ~0x100
        popfd
        RESULT ecx, 0
%endmacro
%include "lock.inc"
