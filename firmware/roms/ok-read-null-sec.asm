; SEC looks at byte 0, as OvmfXen's does (PcdOvmfWorkAreaBase is 0 there).
%macro AT_SEC 0
        xor ebx, ebx
        cmp byte [rbx], 2
%endmacro
%include "rom.inc"
