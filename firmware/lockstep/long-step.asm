; TF in long mode, and ICEBP.
%macro IN_LONG 0
        EXPECT .one
        pushfq
        or dword [rsp], 0x100
        popfq
        mov ecx, 3
.one:   pushfq
        and dword [rsp], ~0x100
        popfq
        RESULT rcx, 0
        EXPECT .two
        int1
.two:   EXPECT .three
        int3
.three: RESULT rsp, 0
%endmacro
%include "lock.inc"
