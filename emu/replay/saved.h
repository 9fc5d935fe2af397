/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A case file: one boot and what came of it, enough to boot the same again and to say what differs. The format is
 * hvmbed-case/1, docs/replay.md and docs/case.schema.json. Pure; what is read is hostile.
 */
#ifndef HVMBED_REPLAY_SAVED_H
#define HVMBED_REPLAY_SAVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"
#include "base/limits.h"
#include "check/finding.h"
#include "check/fingerprint.h"
#include "compare/result.h"
#include "engine/engine.h"
#include "image/hash.h"
#include "layout/layout.h"

#define SAVED_SCHEMA "hvmbed-case/1"
#define SAVED_MAX_SIZE (16u << 20) /* bytes of a case file */
#define SAVED_LINES_MAX 4096u      /* of its layout */
#define SAVED_LINE_MAX 1024u

/* A file that the boot used: where it lay, and which one it was. */
struct saved_file {
    char path[256]; /* as it was given */
    uint64_t size;
    char sha256[HASH_TEXT_SIZE];
};

/* What of a finding is kept. Text is ASCII, escaped as in reports. */
struct saved_finding {
    char rule[40], fingerprint[FINGERPRINT_SIZE], family[FINGERPRINT_SIZE];
    char severity[12], phase[12], access[12];
    char module[256]; /* "" outside all */
    uint64_t offset;  /* in it; the address where there is none */
    uint64_t gpa, size, value, count;
    char text[1024], assertion[1024];
};

/* One of the guest's disks. */
struct saved_disk {
    char path[sizeof((struct layout_disk *)0)->path];
    uint64_t size;
    char sha256[HASH_TEXT_SIZE];
    uint64_t vdev; /* as layout.disk has it */
    char mode[4];  /* "r", "rw" */
};

struct saved_severity {
    char rule[40];
    enum severity severity;
};

struct saved {
    char hvmbed[32], engine[ENGINE_VERSION_SIZE]; /* versions */
    struct saved_file image;
    char handoff[16];
    bool has_loader; /* a first stage ran */
    struct saved_file loader;
    char layout_name[256]; /* for people; "" for the built-in one */
    char *layout;          /* guest-file text without disk=, owned */
    struct saved_disk disk[DISKS_MAX];
    unsigned nr_disks;

    /* How it was booted: but for what cannot change the outcome. */
    char until[80]; /* for until_parse() */
    uint64_t fill[COMPARE_FILLS_MAX];
    unsigned nr_fills;
    uint64_t budget; /* instructions */
    bool follow_low_exec, deliver, guest_lzma, unchecked;
    struct saved_severity severity[RULE_COUNT]; /* that differ from the rules' own */
    unsigned nr_severities;
    struct limits limits; /* that were said; but for those that cannot change the outcome */

    /* What came of it. */
    uint64_t exit_code;
    char ending[16], phase[12], detail[1024];
    uint64_t instructions, charged, virtual_ns;
    uint64_t dropped;              /* findings beyond the limit */
    struct saved_finding *finding; /* owned */
    size_t nr_findings;            /* at most LIMIT_FINDINGS_MOST */
};

/* False when memory ran out or the stream failed. */
bool saved_write(const struct saved *s, FILE *out);
/*
 * @s is zero before; saved_free() in any case. False with @d, one line that names @path and what is wrong there, for
 * anything that saved_write() could not have written but for keys that are not known.
 */
bool saved_read(const char *path, struct saved *s, struct diag *d);
bool saved_parse(const char *path, const char *bytes, size_t size, struct saved *s, struct diag *d);
void saved_free(struct saved *s);

enum difference_kind {
    DIFFERS_TOOL,    /* another version of hvmbed or the engine: told, but by itself no difference */
    DIFFERS_INPUT,   /* another image, first stage or disk */
    DIFFERS_OUTCOME, /* exit code or ending */
    DIFFERS_WORK,    /* phase, detail, instructions, time */
    DIFFERS_WENT,    /* a finding that is not there any more */
    DIFFERS_CAME,    /* one that was not there */
    DIFFERS_MOVED,   /* one that is of the same family elsewhere: code has moved */
    DIFFERS_FIELD,   /* the same finding, but not in all of its fields */
};
const char *difference_name(enum difference_kind k); /* "tool", "input", "outcome", "work", "went" … */

struct difference_list {
    struct saved_difference {
        enum difference_kind kind;
        char *text; /* owned: ASCII, one line */
    } * d;
    size_t nr, room;
};
/* What differs, in the order of the kinds. False when memory ran out; difference_list_free() in any case. */
bool saved_compare(const struct saved *was, const struct saved *is, struct difference_list *out);
void difference_list_free(struct difference_list *l);
/* "error[exception] 0123456789abcdef PeiCore+0x2fa: exception 14 …"; @room bytes. */
void saved_finding_format(const struct saved_finding *f, char *out, size_t room);

#endif
