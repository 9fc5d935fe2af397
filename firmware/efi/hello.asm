; SPDX-License-Identifier: GPL-2.0-or-later
; An operating system's loader in small, as \EFI\BOOT\BOOTX64.EFI: it says so on the console, gets the memory map,
; leaves boot services, says so on the debug port, and halts. PE32+, position independent.

CODE    equ 0x1000              ; where the section comes to lie in memory
HEADERS equ 0x200               ; and in the file
SIZE    equ 0x200
MAP_MAX equ 0x8000              ; of the memory map, behind the code
DEBUG   equ 0xe9

; UEFI 2.10: 4.3, 4.4, 12.4
CON_OUT equ 0x40
BOOT    equ 0x60
OUTPUT_STRING equ 0x08
GET_MEMORY_MAP equ 0x38
EXIT_BOOT_SERVICES equ 0xe8

        bits 64
        org 0
start:  db "MZ"
        times 0x3c - ($ - start) db 0
        dd 0x40
        db "PE", 0, 0
        dw 0x8664, 1            ; x86-64, one section
        dd 0, 0, 0
        dw optional_end - optional, 0x0022 ; executable, any address
optional:
        dw 0x20b                ; PE32+
        dw 0
        dd SIZE, 0, MAP_MAX
        dd CODE, CODE           ; the entry point comes first
        dq 0
        dd 0x1000, HEADERS
        times 8 dw 0
        dd CODE + 0x1000 + MAP_MAX, HEADERS
        dd 0
        dw 10, 0                ; an EFI application
        times 4 dq 0
        dd 0, 6
        times 6 dq 0
optional_end:
        db ".text", 0, 0, 0
        dd 0x1000 + MAP_MAX, CODE, SIZE, HEADERS, 0, 0
        dd 0
        dd 0xe0000020
        times HEADERS - ($ - start) db 0

; RCX = image handle, RDX = system table
code:   push rbx
        push rsi
        push rdi
        sub rsp, 0x50           ; 32 bytes for callees, a fifth argument, and what the map's size and key are
        mov rbx, rcx
        mov rsi, [rdx + BOOT]
        mov rcx, [rdx + CON_OUT]
        lea rdx, [rel hello]
        call [rcx + OUTPUT_STRING]
        mov edi, 3              ; to leave may take more than one attempt
.again: mov qword [rsp + 0x28], MAP_MAX
        lea rcx, [rsp + 0x28]
        lea rdx, [rel code + 0x1000]
        lea r8, [rsp + 0x30]    ; the key
        lea r9, [rsp + 0x38]
        lea rax, [rsp + 0x40]
        mov [rsp + 0x20], rax
        call [rsi + GET_MEMORY_MAP]
        test rax, rax
        jnz .failed
        mov rcx, rbx
        mov rdx, [rsp + 0x30]
        call [rsi + EXIT_BOOT_SERVICES]
        test rax, rax
        jz .out
        dec edi
        jnz .again
.failed:
        lea rsi, [rel bad]
        jmp .say
.out:   lea rsi, [rel good]
.say:   lodsb
        test al, al
        jz .end
        out DEBUG, al
        jmp .say
.end:   cli
.halt:  hlt
        jmp .halt

good:   db "hvmbed: an EFI program has left boot services", 10, 0
bad:    db "hvmbed: an EFI program could not leave boot services", 10, 0
        align 2
hello:  dw __utf16__("hvmbed: an EFI program runs"), 13, 10, 0
        times HEADERS + SIZE - ($ - start) db 0
