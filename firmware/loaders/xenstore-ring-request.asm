; The request ring's indices are further apart than the ring is long.
%macro AT_START 0
        mov dword [REQ_PROD], 1025
        NOTIFY_STORE
%endmacro
%include "loader.inc"
