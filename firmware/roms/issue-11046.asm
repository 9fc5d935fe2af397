; The crash of edk2 issue 11046: page 0 has been cleared, as the DXE core does when it adds the first conventional
; memory, and a protocol pointer that nobody has set (gBds) is called through. The CPU fetches the target from
; address 0 and calls 0. Zero bytes are `add [rax], al`, so execution slides up to hvmloader's info block at 0x1000,
; whose bytes end in a write to [RBX] when its checksum is 0x73: with six E820 entries.
; Registers as in the dump: RAX = RCX = RDX = R8 = 0, RBX = -1, R9 = EFI_SW_DXE_CORE_PC_HANDOFF_TO_NEXT.
%macro AT_MEMORY 0
        USE_IDT
        xor edi, edi
        mov ecx, 0x1000 / 8
        xor eax, eax
        cld
        rep stosq
        xor ecx, ecx
        xor edx, edx
        xor r8d, r8d
        mov r9d, 0x3041001
        mov rbx, -1
        mov esi, SCRATCH
        mov rax, [gBds]
        call [rax]
%endmacro
%macro MODULE_CODE 0
        align 8
gBds:
        dq 0
%endmacro
%include "rom.inc"
