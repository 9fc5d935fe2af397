; The ring is as full as it can be, its indices wrap, and the request is nonsense: an error is answered.
%macro AT_START 0
        mov dword [REQ_CONS], 0xfffffc00
        mov dword [RING], 0x77
        mov dword [RING + 12], 1008
        NOTIFY_STORE
        cmp dword [RSP_PROD], 16
        MUST a
        cmp dword [REQ_CONS], 0
        MUST e
%endmacro
%include "loader.inc"
