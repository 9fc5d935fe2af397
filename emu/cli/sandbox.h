/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user says about the cage in which guest code runs, and what this system gives of it: docs/security.md. */
#ifndef HVMBED_CLI_SANDBOX_H
#define HVMBED_CLI_SANDBOX_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/limits.h"
#include "cage/cage.h"
#include "pool/pool.h"

struct sandbox {
    bool off, required;
    struct limits limits; /* what --limit says: of its processes, of what a guest makes grow, of images */
    struct diag wrong;    /* what was wrong with one of them */
    struct cage_setup setup;
    struct cage_state state;        /* what is missing; once it is open */
    char says[CAGE_TEXT_SIZE + 16]; /* "whole", "off", "without files (Function not implemented)" */
};

/* Options of a verb whose own structure has a sandbox; each is given its functions. */
#define LIMIT_HELP_IMAGE "nodes, depth, unpacked"
#define LIMIT_HELP_GUEST "findings, log, trace, modules, drivers, hobs, tables, reads, pages, xenstore, disk"
#define LIMIT_HELP_PROCESS "memory, cpu, report"
#define SANDBOX_SPECS(set, require, limit)                                                                            \
    {"sandbox", 0, "yes|no", "run guest code in a cage (default); no: without, for valgrind and the like", set},      \
        {"limit", 0, "NAME=VALUE",                                                                                    \
         "an end for " LIMIT_HELP_PROCESS " (of the process), " LIMIT_HELP_GUEST " (of the guest), " LIMIT_HELP_IMAGE \
         " (of the image): N, or with K, M, G; may be said again",                                                    \
         limit},                                                                                                      \
    {                                                                                                                 \
        "require-sandbox", 0, NULL, "refuse to run where a part of the cage cannot be had", require                   \
    }

void sandbox_init(struct sandbox *s);
bool sandbox_set(struct sandbox *s, const char *value); /* "yes", "no" */
/* "memory=2G". What is wrong with it sandbox_open() says, better than "is not NAME=VALUE". */
bool sandbox_limit(struct sandbox *s, const char *value);
/* Finds out what there is; False with @d where that is less than is required. */
bool sandbox_open(struct sandbox *s, struct diag *d);
/* What it gives up, for what makes a pool itself and may reserve so much address space; NULL: no cage. Lives as long as @s. */
const struct cage_setup *sandbox_cage(struct sandbox *s, uint64_t address_space);
/* Puts it around a pool's jobs. @s must outlive the pool. */
void sandbox_apply(struct sandbox *s, uint64_t address_space, struct pool_setup *p);

#endif
