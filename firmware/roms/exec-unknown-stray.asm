; Calls code that lies in RAM but in no module; it returns, and the boot goes on.
%macro AT_PEI 0
        mov dword [abs 0x2000800], 0xc3909090
        mov eax, 0x2000800
        call rax
%endmacro
%include "rom.inc"
