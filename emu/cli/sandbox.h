/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says about the cage in which guest code runs, and what this system gives of it: docs/security.md. */
#ifndef HVMBED_CLI_SANDBOX_H
#define HVMBED_CLI_SANDBOX_H

#include <stdbool.h>

#include "base/diag.h"
#include "cage/cage.h"
#include "pool/pool.h"

struct sandbox {
    bool off, required;
    uint64_t memory;      /* bytes that a process may have in memory */
    uint64_t report;      /* bytes of a report or any other file */
    uint64_t cpu_seconds; /* of one case */
    struct cage_setup setup;
    struct cage_state state;        /* what is missing; once it is open */
    char says[CAGE_TEXT_SIZE + 16]; /* "whole", "off", "without files (Function not implemented)" */
};

/* Options of a verb whose own structure has a sandbox; each is given its functions. */
#define SANDBOX_LIMITS "memory=BYTES, cpu=SECONDS, report=BYTES; with K, M or G"
#define SANDBOX_SPECS(set, require, limit)                                                                       \
    {"sandbox", 0, "yes|no", "run guest code in a cage (default); no: without, for valgrind and the like", set}, \
        {"limit", 0, "NAME=VALUE", "what a process that boots may use: " SANDBOX_LIMITS, limit},                 \
    {                                                                                                            \
        "require-sandbox", 0, NULL, "refuse to run where a part of the cage cannot be had", require              \
    }

void sandbox_init(struct sandbox *s);
bool sandbox_set(struct sandbox *s, const char *value);   /* "yes", "no" */
bool sandbox_limit(struct sandbox *s, const char *value); /* "memory=2G" */
/* Finds out what there is; False with @d where that is less than is required. */
bool sandbox_open(struct sandbox *s, struct diag *d);
/* What it gives up, for what makes a pool itself and may reserve so much address space; NULL: no cage. Lives as long as @s. */
const struct cage_setup *sandbox_cage(struct sandbox *s, uint64_t address_space);
/* Puts it around a pool's jobs. @s must outlive the pool. */
void sandbox_apply(struct sandbox *s, uint64_t address_space, struct pool_setup *p);

#endif
