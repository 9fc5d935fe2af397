; So are those of the answer ring, when an answer is due.
%macro AT_START 0
        mov dword [RSP_PROD], 5
        mov dword [RSP_CONS], 6
        mov dword [RING], 2             ; XS_READ
        mov dword [RING + 12], 1        ; of a path of one byte
        mov dword [REQ_PROD], 17
        NOTIFY_STORE
%endmacro
%include "loader.inc"
