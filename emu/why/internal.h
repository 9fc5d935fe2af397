/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. */
#ifndef HVMBED_WHY_INTERNAL_H
#define HVMBED_WHY_INTERNAL_H

#include "why/why.h"

/* Of the instruction at @pc, in the block of this number (from 1). */
struct moment {
    uint64_t blocks, pc;
};
static inline bool moment_before(struct moment a, struct moment b)
{
    return a.blocks != b.blocks ? a.blocks < b.blocks : a.pc < b.pc;
}

/* Bytes whose last writer is sought. */
struct target {
    struct writer *w; /* the finding's; @w->at are the bytes */
    struct moment before;
    uint64_t take; /* the write to look at closely, by its number, from 1; 0: not known yet */
    bool done;

    /* In this boot: */
    uint8_t *kept; /* the bytes as they were last seen */
    const uint8_t *page;
    bool stale;  /* the guest has stored since */
    bool filled; /* before the firmware began they were what RAM is filled with */
    uint64_t writes;
    uint64_t looks;     /* how many of them closely */
    struct moment when; /* the last */
    bool looked;        /* closely, at the last */
    bool copied;
    struct span from; /* its source */
    bool in_place;    /* what counts is who wrote there, not where that came from */
};

#define TARGETS_MAX 32u
struct targets {
    struct target t[TARGETS_MAX];
    size_t nr;
};

/* One boot. */
struct watched {
    struct monitor monitor; /* first: a pointer to it is what the machine gives its watcher */
    struct machine machine;
    struct verdict verdict;
    struct machine_watcher watcher; /* the monitor's, but for paused() */
    const struct machine_watcher *checks;
    struct targets *all;
    struct span around; /* all targets' bytes */
    bool stores;        /* some target is about bytes */
    bool watching;      /* the firmware runs, and its stores are told */
    bool begun;
    bool over;    /* nothing more can be told */
    bool no_room; /* out of memory */
    struct moment end;
    uint64_t exits;
    enum unpack_state unpack;
};

/* questions.c: what the findings of @v ask; gives those that do their writers. False: out of memory. */
bool questions(struct verdict *v, struct targets *all);

/* watch.c: one boot, which ends when no answer can come any more. */
bool watch(const struct why_setup *s, const struct verdict *first, struct targets *all, struct diag *d);

/* look.c */
/* The instruction at @pc stores to some of @t's bytes. */
void look_at_store(struct watched *p, struct target *t, uint64_t pc, uint64_t gpa, unsigned size, uint64_t value);
/* @t has changed without that: the block before that at @next has an instruction that Xen or a device answered. */
void look_at_exit(struct watched *p, struct target *t, uint64_t next);

/* author.c */
/* The first on the way back of @w who does not write on behalf of another: @w->author. */
void find_author(struct writer *w);
/* Nobody has written the bytes of @w: the first who has copied them, once SEC was over. */
void find_copier(struct writer *w);
/* Is @p in a module that works on behalf of its callers? */
bool is_service(const struct code_place *p);

#endif
