; Does the lawful form of everything that faults: divides, reads and writes MSRs, makes a hypercall, maps before it reads.
%macro AT_PEI 0
        USE_IDT
        xor edx, edx
        mov eax, 1000
        mov ecx, 10
        div ecx
        cmp eax, 100
        MUST e
        mov ecx, 0xfe               ; MTRRcap
        rdmsr
        cmp eax, 0x508
        MUST e
        mov ecx, 0x277
        rdmsr
        wrmsr
        xor esi, esi
        HYPERCALL 17, 0             ; xen_version
        shr eax, 16
        cmp eax, 4
        MUST e
        mov qword [abs 0x2000000], 7
        mov dword [abs PAGE_TABLES], PAGE_TABLES + 0x1003
        mov rdx, [abs PAGE_TABLES + 0x1000 + 8 * 6]
        mov qword [abs PAGE_TABLES + 0x1000 + 8 * 6], PAGE_TABLES + 0x2003 ; 6 GiB and up: as 0
        mov rbx, 0x182000000
        cmp qword [rbx], 7
        MUST e
        mov [abs PAGE_TABLES + 0x1000 + 8 * 6], rdx
%endmacro
%include "rom.inc"
