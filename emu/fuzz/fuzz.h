/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fuzzer's loop: takes a layout, changes it, boots, looks. The same seed does the same, whatever the machine. */
#ifndef HVMBED_FUZZ_FUZZ_H
#define HVMBED_FUZZ_FUZZ_H

#include "check/fingerprint.h"
#include "fuzz/corpus.h"
#include "fuzz/mutate.h"
#include "fuzz/target.h"

enum fuzz_tier {
    FUZZ_PLATFORM, /* each boot ends where PEI memory is published */
    FUZZ_HANDOFF,  /* each boot goes to the hand-off */
    FUZZ_BOTH,     /* the first; what is new in it, and each so many-th one, goes on to the hand-off */
};

/* A fault that was not seen before, and the layout that showed it. */
struct fuzz_found {
    char fingerprint[FINGERPRINT_SIZE], family[FINGERPRINT_SIZE];
    const char *what;              /* the rule's name, or the ending's */
    const struct finding *finding; /* NULL: the boot ended otherwise */
    const struct verdict *verdict;
    const struct layout *layout;
    bool platform; /* seen in the first tier */
};

struct fuzz_options {
    struct mutate_options mutate;
    enum fuzz_tier tier;
    uint64_t seed;
    const char *corpus; /* folder, or NULL */
    /* Called between two boots; false: enough. */
    bool (*go_on)(void *self);
    /* Before the case with this number, counted over seeds and mutants; false: it is left out. May be NULL. */
    bool (*begins)(void *self, uint64_t number, const struct layout *l);
    /* A layout for the corpus; NULL: it is written into its folder. */
    bool (*keep)(void *self, const struct layout *l);
    void (*found)(void *self, const struct fuzz_found *f);
    void *self;
};

struct fuzz_stats {
    uint64_t runs;       /* layouts that were booted */
    uint64_t handoffs;   /* of them, to the hand-off */
    uint64_t impossible; /* layouts that no guest can be */
    uint64_t too_slow;   /* layouts whose page tables cost too much, that were not booted to the hand-off */
    uint64_t faulty;     /* boots with a finding, known or not */
    uint64_t left_out;   /* cases that ended the process that ran them */
};

#define FUZZ_KNOWN_MAX 1024u
struct fuzz_known {
    char family[FINGERPRINT_SIZE];
    char fingerprint[FINGERPRINT_SIZE]; /* of the first of the family */
    const char *what;
    uint64_t count;
};
struct fuzz_list {
    struct fuzz_known k[FUZZ_KNOWN_MAX];
    size_t nr;
};

/* Large: not for the stack. */
struct fuzz {
    struct fuzz_options o;
    struct target *target; /* not owned */
    struct chooser chooser;
    struct corpus corpus;
    struct coverage_seen seen[2]; /* platform, hand-off: boots without a fault */
    struct fuzz_list known,
        hinted; /* faults, one of a family; those of the first tier, which the second is to confirm */
    struct fuzz_stats stats;
    uint64_t seeds, mutants; /* that are done, however they ended */
    bool warmed_up[2];       /* by enum guest_type */
    struct diag trouble;     /* the corpus could not be written: the loop has ended */
};

/* @f is zero. */
void fuzz_init(struct fuzz *f, const struct fuzz_options *o, struct target *t);
void fuzz_free(struct fuzz *f);
/* A layout to begin with, as it is. Left out where the options do not allow it. */
void fuzz_seed(struct fuzz *f, const struct layout *l);
/* Of one that goes on where another has stopped: what boots have in common is made anew. */
void fuzz_take_up(struct fuzz *f);
/* Is mutant number @mutant left out of the second tier, for its page tables would take too long? */
bool fuzz_is_slow(const struct layout *l, uint64_t mutant);
/* Boots mutants until there were @runs (0: no end), or it is told to stop. False with @f->trouble, or when there is no seed. */
bool fuzz_loop(struct fuzz *f, uint64_t runs);

/* Edges, in both tiers; and edges and properties. */
uint64_t fuzz_edges(const struct fuzz *f);
uint64_t fuzz_features(const struct fuzz *f);

/*
 * What is wrong with a boot: the next finding that is an error from *@at on, or its ending when that is none of a boot's
 * usual ones. False when there is nothing more.
 */
bool fuzz_next_fault(const struct verdict *v, size_t *at, struct fuzz_found *out);

#endif
