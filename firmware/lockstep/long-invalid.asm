; What 64-bit mode does not have, and bad prefixes.
%macro BAD 1+
        EXPECT %%next
        db %1
%%next:
%endmacro
%macro IN_LONG 0
        BAD 0x27                ; daa
        BAD 0x2f
        BAD 0x37
        BAD 0x3f
        BAD 0x06                ; push es
        BAD 0x07
        BAD 0x60                ; pusha
        BAD 0x61
        BAD 0x9a, 0, 0, 0, 0, 0, 0
        BAD 0xea, 0, 0, 0, 0, 0, 0
        BAD 0xce                ; into
        BAD 0xd4, 10
        BAD 0xd5, 10
        BAD 0x62, 0
        BAD 0x82, 0, 0
        BAD 0xf0, 0x89, 0xc0    ; lock mov
        BAD 0x0f, 0x0b
        BAD 0x0f, 0xb9, 0xc0
        BAD 0xff, 0xff
        BAD 0xfe, 0xf8
        BAD 0x0f, 0x20, 0xc8    ; mov rax, cr1
        BAD 0x0f, 0x22, 0xe8    ; mov cr5, rax
        BAD 0xc4, 0xe2, 0x79, 0x18, 0xc0
        EXPECT 0
        RESULT rsp, 0
%endmacro
%include "lock.inc"
