; The same where no hvmloader was.
%define PVH
%include "smp-good.asm"
