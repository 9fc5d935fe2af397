; SPDX-License-Identifier: GPL-2.0-or-later
; A failed ASSERT while BDS's timers tick: the text, and CpuDeadLoop().
%macro CODE_HERE 0
        SAY text
        call dead_loop
%endmacro
%macro MORE_HERE 0
dead_loop:
        sub rsp, 0x18
        mov qword [rsp + 8], 0
.again: mov rax, [rsp + 8]
        test rax, rax
        je .again
        add rsp, 0x18
        ret
text:   db "ASSERT [Program] /build/Program.c(12): Ready", 10, 0
%endmacro
%include "program.inc"
