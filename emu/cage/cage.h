/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process gives up before it runs code that nobody has vetted: docs/security.md. It keeps the memory and the files
 * that it has (but for its environment), and can get no others: no system calls but a short list, no new privileges, no file, no network, no
 * process. Knows nothing of what the process does.
 */
#ifndef HVMBED_CAGE_CAGE_H
#define HVMBED_CAGE_CAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each is had or not, by itself: an old kernel or a container may refuse it. */
enum cage_part {
    CAGE_PRIVILEGES, /* no new privileges, no capabilities */
    CAGE_RESOURCES,  /* address space, CPU time, bytes in a file, no core dump */
    CAGE_FILES,      /* Landlock: no path in the file system, no TCP, no signal or abstract socket to others */
    CAGE_SYSCALLS,   /* seccomp */
    CAGE_PARTS
};
const char *cage_part_name(enum cage_part p); /* "privileges", "resources", "files", "syscalls" */

struct cage_setup {
    bool talks;             /* it may use a socket that is open */
    bool forks;             /* it may fork, and cage its children again; it keeps its environment */
    bool keeps_inherited;   /* descriptors that came through exec stay open; else 0 to 2 lead nowhere */
    uint64_t address_space; /* bytes that it may have besides those it has; 0: no limit */
    unsigned cpu_seconds;   /* 0: no limit */
    uint64_t file_bytes;    /* that it may write into one file; 0: no limit */
};

struct cage_state {
    unsigned missing; /* a bit for each part that could not be had */
    int error[CAGE_PARTS];
};

/* Memory that is shared with the one who waits for the process; what is in it may come from anybody. */
struct cage_words {
    volatile int asked; /* the system call that ended it, + 1; 0 for none */
};

/*
 * Cages this process, for good. @words (NULL: none) will say what a SIGSYS was about; it must stay mapped. True when
 * nothing is missing.
 */
bool cage_enter(const struct cage_setup *s, struct cage_words *words, struct cage_state *state);
/* What cage_enter() would say, found out in a child. False with an errno in *error when there is none. */
bool cage_probe(const struct cage_setup *s, struct cage_state *state, int *error);

/* "syscalls (Function not implemented), files (…)"; "" when nothing is missing. */
#define CAGE_TEXT_SIZE 320
void cage_missing(const struct cage_state *s, char out[CAGE_TEXT_SIZE]);
/* The name of a system call, or its number in words. */
void cage_syscall_name(int nr, char *out, size_t room);

#endif
