; From long mode to real mode and up again, as a wake-up does it.
%macro IN_LONG 0
        mov dword [abs DATA], 0x111
        jmp dword far [abs .compat]
        bits 32
.narrow:
        mov eax, cr0
        and eax, 0x7fffffff
        mov cr0, eax
        jmp .unpaged
.unpaged:
        mov ecx, 0xc0000080
        rdmsr
        mov [DATA + 4], eax
        and eax, ~0x100
        wrmsr
        mov eax, cr4
        and eax, ~0x20
        mov cr4, eax
        jmp CODE16:.sixteen - code_start
        bits 16
.sixteen:
        mov bx, DATA16
        mov ds, bx
        mov es, bx
        mov ss, bx
        mov eax, cr0
        and al, 0xfe
        mov cr0, eax
        jmp (CODE >> 4):.real - code_start
.real:  mov ax, DATA >> 4
        mov ds, ax
        xor ax, ax
        mov ss, ax
        mov sp, 0xfff0
        mov dword [8], 0x333
        mov [12], cs
        push word 0x77
        pop word [16]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp dword CODE32:.up
        bits 32
.up:    mov ax, FLAT
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov esp, STACK
        mov eax, cr4
        or eax, 0x20
        mov cr4, eax
        mov ecx, 0xc0000080
        rdmsr
        mov [DATA + 20], eax
        or eax, 0x100
        wrmsr
        mov eax, cr0
        or eax, 0x80000000
        mov cr0, eax
        rdmsr
        mov [DATA + 24], eax
        mov eax, cs
        mov [DATA + 28], eax
        jmp CODE64:.again
.compat:
        dd .narrow
        dw CODE32
        bits 64
.again: RESULT rsp, 0
        EXPECT .fault
        ud2
.fault:
%endmacro
%include "lock.inc"
