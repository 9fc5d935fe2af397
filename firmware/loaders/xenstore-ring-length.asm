; A request announces more than any may have.
%macro AT_START 0
        mov dword [RING + 12], 0xffffffff
        mov dword [REQ_PROD], 16
        NOTIFY_STORE
%endmacro
%include "loader.inc"
