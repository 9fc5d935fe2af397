/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the verb run is asked to do, and its two ways: one case, or many; each in a process of its own. */
#ifndef HVMBED_CLI_RUN_H
#define HVMBED_CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>

#include "boot/choose.h"
#include "cli/boot_options.h"
#include "cli/outputs.h"
#include "cli/sandbox.h"
#include "gdb/gdb.h"
#include "report/report.h"
#include "trace/filter.h"

struct run_options {
    struct boot_options boot;    /* first */
    const char *coverage;        /* NULL: none is collected */
    const char *coverage_format; /* NULL: by the file's name */
    struct gdb_options gdb;      /* where NULL: no debugger */
    const char *gdb_script;      /* NULL: none is written */
    const char *reports;         /* a folder for the cases' own, NULL for none */
    const char *trace;           /* a file, NULL for none */
    struct trace_filter filter;  /* of it */
    bool filtered;               /* a filter was given */
    const char *save_case;       /* a file for the one case, NULL for none */
    const char *save_cases;      /* a folder for those of many cases, NULL for none */
    struct outputs outputs;
    struct sandbox sandbox;
    const char *resume;        /* a folder, NULL for none */
    struct cache cache;        /* its folder NULL: none */
    char *settings;            /* options that decide what comes of a case, "NAME VALUE" lines; owned */
    struct report_style style; /* of the main one */
    bool quiet;
    unsigned jobs; /* 0: as many as there are processors */
};

/* @layout NULL: the built-in one. Each returns an exit code. */
int run_one(struct run_options *o, const char *layout, const char *image);
int run_many(struct run_options *o, const struct layout_choice *layouts, char *const *image, size_t nr_images);

/* The layout at @path, or with NULL the built-in one. False with @d. */
bool run_read_layout(const struct run_options *o, const char *path, struct layout *l, struct layout_lines *lines,
                     struct diag *d);
/* The style of one of the outputs: colours are the main one's alone. */
struct report_style run_style(const struct run_options *o, const struct output *to);
/* What a guest's file asks for and does not get, on stderr. A key that xl does not know either is lint's business. */
void run_notes(const char *path, const struct layout_lines *lines);

#endif
