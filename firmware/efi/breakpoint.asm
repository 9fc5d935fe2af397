; SPDX-License-Identifier: GPL-2.0-or-later
; A failed ASSERT that ends in INT3.
%macro CODE_HERE 0
        SAY text
        int3
%endmacro
%macro MORE_HERE 0
text:   db "ASSERT [Program] /build/Program.c(34): Handle != 0", 10, 0
%endmacro
%include "program.inc"
