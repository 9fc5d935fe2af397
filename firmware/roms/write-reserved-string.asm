; SPDX-License-Identifier: GPL-2.0-or-later
; A long fill that ends in reserved memory: the last 32 of its qwords are one finding.
%macro AT_MEMORY 0
        cld
        mov rax, 0x1122334455667788
        mov edi, 0x3000000 - 0x10000
        mov ecx, 0x2000 + 32
        rep stosq
%endmacro
%include "rom.inc"
