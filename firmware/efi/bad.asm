; SPDX-License-Identifier: GPL-2.0-or-later
; A loader that spoils what the operating system is to get: Xen's ACPI data, the RSDP that the firmware hands on, boot
; services; and follows a null pointer.
%define HELLO __utf16__("hvmbed: a bad EFI program runs")
CONFIG_NR equ 0x68              ; of the system table
CONFIG  equ 0x70
UNLOAD_IMAGE equ 0xe0
%macro BEFORE_MAP 0
        mov eax, 0xfc000000
        xor byte [rax + 0x40], 1
        xor eax, eax
        mov eax, [rax + 8]
        xor byte [rsi + UNLOAD_IMAGE], 1
        mov rcx, [r12 + CONFIG_NR]
        mov rdx, [r12 + CONFIG]
        mov rax, 0x11d3e4f18868e871 ; EFI_ACPI_20_TABLE_GUID, its first half
%%next: cmp [rdx], rax
        je %%found
        add rdx, 24
        loop %%next
        jmp %%end
%%found:
        mov rdx, [rdx + 16]
        xor byte [rdx + 10], 1
%%end:
%endmacro
%include "app.inc"
