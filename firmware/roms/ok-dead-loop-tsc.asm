; Spins 5 ms by the time-stamp counter.
%macro AT_PEI 0
        rdtsc
        mov ebx, eax
%%wait:
        pause
        rdtsc
        sub eax, ebx
        cmp eax, 10000000
        jb %%wait
%endmacro
%include "rom.inc"
