; Writes the last bytes before and the first bytes behind reserved ranges, whole pages and parts of one (layout hole.cfg).
%macro AT_PEI 0
        mov dword [abs 0x2fffffc], -1
        mov dword [abs 0x3010000], -1
        mov byte [abs 0x30107ff], -1
        mov qword [abs 0x30107f8], -1
        mov byte [abs 0x3010900], -1
        mov eax, [abs 0x30107fc]
        inc eax
        MUST z
%endmacro
%include "rom.inc"
