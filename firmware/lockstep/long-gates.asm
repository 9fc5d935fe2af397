; Gates that cannot be taken: what they lead to, with which code.
%macro TRY 1+
        EXPECT %%next
        %1
%%next:
%endmacro
%macro IN_LONG 0
        and byte [abs IDT + 6 * 16 + 5], 0x7f           ; not present
        TRY ud2
        mov byte [abs IDT + 0x41 * 16 + 5], 0           ; no gate at all
        TRY int 0x41
        and byte [abs IDT + 0x42 * 16 + 5], 0x7f
        TRY int 0x42
        mov word [abs IDT + 0x43 * 16 + 2], 0
        TRY int 0x43
        mov word [abs IDT + 0x44 * 16 + 2], FLAT
        TRY int 0x44
        mov word [abs IDT + 0x45 * 16 + 2], CODE32
        TRY int 0x45
        mov word [abs IDT + 0x46 * 16 + 2], 0x1230
        TRY int 0x46
        mov word [abs idtr], 0x46f
        lidt [abs idtr]
        TRY int 0x47
        TRY int 0xff
        mov byte [abs IDT + 0x40 * 16 + 4], 7
        TRY int 0x20
%endmacro
%include "lock.inc"
