; No gate at all: the processor shuts down.
%macro IN_LONG 0
        mov dword [abs DATA], 0x1234
        mov word [abs idtr], 0
        lidt [abs idtr]
        ud2
%endmacro
%include "lock.inc"
