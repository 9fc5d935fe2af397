; Accessed and dirty bits at all levels, large pages too; the tables are compared.
%macro IN_LONG 0
        mov eax, [abs 0x1c0000]
        mov [abs 0x1c1000], eax
        inc dword [abs 0x1c2000]
        mov qword [abs PD + 8], 0x200087
        mov qword [abs PD + 16], 0x400087
        mov qword [abs PD + 24], 0x600087
        mov qword [abs PDPT + 8], 0x87
        mov rax, cr3
        mov cr3, rax
        mov eax, [abs 0x200000]
        mov [abs 0x400000], eax
        mov eax, [abs 0x40000000 + DATA]
        mov qword [abs PT + 0x1c3 * 8], 0x1c3005
        invlpg [abs 0x1c3000]
        mov rax, cr0
        or eax, 0x10000
        mov cr0, rax
        EXPECT .a
        mov [abs 0x1c3000], eax
.a:     EXPECT .b
        lock inc dword [abs 0x1c3000]
.b:     mov eax, [abs 0x1c4ffe]
        mov byte [abs 0x1c5000], 0xc3
        mov eax, 0x1c5000
        call rax
        mov rax, [abs PT + 0x1c3 * 8]
        RESULT rax, 0
%endmacro
%include "lock.inc"
