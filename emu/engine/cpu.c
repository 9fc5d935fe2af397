/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine/cpu.h"

const char *const cpu_reg_names[16] = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
};
