; SPDX-License-Identifier: GPL-2.0-or-later
; Waits in every way that is no dead loop: spins on a variable until a timer's event sets it after 3 s, waits for a timer, stalls.
%macro TIMER_IN 1               ; event, in units of 100 ns
        mov rcx, [rel event]
        mov edx, 2              ; TimerRelative
        mov r8d, %1
        call [rsi + SET_TIMER]
%endmacro
%macro CODE_HERE 0
        mov ecx, 0x80000200     ; EVT_TIMER | EVT_NOTIFY_SIGNAL
        mov edx, 8              ; TPL_CALLBACK
        lea r8, [rel notify]
        lea r9, [rel done]
        lea rax, [rel event]
        mov [rsp + 0x20], rax
        call [rsi + CREATE_EVENT]
        TIMER_IN 30000000
.spin:  pause
        cmp byte [rel done], 0
        je .spin
        SAY set
        mov ecx, 0x80000000     ; EVT_TIMER
        mov edx, 8
        xor r8d, r8d
        xor r9d, r9d
        lea rax, [rel event]
        mov [rsp + 0x20], rax
        call [rsi + CREATE_EVENT]
        TIMER_IN 50000000
        mov ecx, 1
        lea rdx, [rel event]
        lea r8, [rel index]
        call [rsi + WAIT_FOR_EVENT]
        SAY signalled
        mov ecx, 20000
        call [rsi + STALL]
        SAY stalled
        cli
        hlt
%endmacro
%macro MORE_HERE 0
notify: mov byte [rdx], 1
        ret
set:    db "hvmbed: the variable is set", 10, 0
signalled:
        db "hvmbed: the event is signalled", 10, 0
stalled:
        db "hvmbed: the stall is over", 10, 0
        align 8
event:  dq 0
index:  dq 0
done:   db 0
%endmacro
%include "program.inc"
