; 16-bit code, stack and operands in protected mode.
%macro IN_PROT 0
        call CODE16:.narrow - code_start
        RESULT esp, 0
        mov ax, DATA16
        mov ds, ax
        mov ax, [0x10]
        mov ds, [esp + 4]
        mov ax, FLAT
        mov ds, ax
        RESULT eax, 0
        o16 push ax
        o16 pop bx
        RESULT ebx, 0
        mov ax, DATA16
        mov es, ax
        mov esp, STACK
        mov [DATA + 0x40], esp
        mov ax, DOWN
        mov es, ax
        mov dword [es:0x2000], 0x4321
        mov eax, [DATA + 0x2000]
        RESULT eax, 0
        jmp .end
        bits 16
.narrow:
        mov ax, sp
        mov [ss:dword DATA + 0x10], ax
        mov ebx, cs
        mov [ss:dword DATA + 0x14], ebx
        push ax
        pop cx
        mov [ss:dword DATA + 0x18], cx
        o32 retf
        bits 32
.end:
%endmacro
%include "lock.inc"
