; Far transfers of 64-bit code: by memory, by return, by IRET, to compatibility mode and back.
%macro IN_LONG 0
        push CODE64
        push .one
        o64 retf
.one:   mov rax, cs
        RESULT rax, 0
        call dword far [abs .pointer]
        mov rax, ss
        push rax
        push STACK - 0x100
        pushfq
        push CODE64
        push .two
        iretq
.two:   RESULT rsp, 0
        mov esp, STACK
        jmp dword far [abs .compat]
        bits 32
.narrow:
        mov eax, esp
        mov ecx, -1
        inc ecx
        dec eax
        mov [DATA], eax
        mov eax, cs
        mov [DATA + 4], eax
        push dword 0x55
        pop dword [DATA + 8]
        push cs
        call .inside
        jmp CODE64:.wide
.inside:
        retf
        bits 64
.wide:  RESULT rax, 0
        RESULT rsp, 0
        EXPECT .a
        jmp dword far [abs .bad]
.a:     EXPECT .b
        push FLAT
        push .one
        o64 retf
.b:     RESULT rsp, 0
        mov esp, STACK
        jmp .end
.far:   mov rax, [rsp]
        RESULT rax, 0
        mov eax, [rsp + 4]
        RESULT rax, 0
        retf
.pointer:
        dd .far
        dw CODE64
.compat:
        dd .narrow
        dw CODE32
.bad:   dd .far
        dw ABSENT
.end:
%endmacro
%include "lock.inc"
