; Tells DXE what CPUID says, as OvmfXen does since 202411.
%macro AT_HOBS 0
        HOB_XEN 4, 17, 0
%endmacro
%include "rom.inc"
