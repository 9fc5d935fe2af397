/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/limits.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GUEST LIMIT_OF_GUEST
#define IMAGE LIMIT_OF_IMAGE
#define PROCESS LIMIT_OF_PROCESS
#define M (1ull << 20)
#define G (1ull << 30)

/* clang-format off */
const struct limit_row limit_rows[LIMITS] = {
    [LIMIT_FINDINGS] = {"findings", "findings that differ", LIMIT_FINDINGS_DEFAULT, 1, LIMIT_FINDINGS_MOST, GUEST},
    [LIMIT_LOG] = {"log", "bytes of debug output, and of the PV console", LIMIT_LOG_DEFAULT, 1, G, GUEST},
    [LIMIT_TRACE] = {"trace", "lines of a trace", 100000, 1, 1000 * G, GUEST},
    [LIMIT_MODULES] = {"modules", "modules that ran", LIMIT_MODULES_DEFAULT, 1, LIMIT_MODULES_MOST, GUEST},
    [LIMIT_HOBS] = {"hobs", "HOBs in the list", LIMIT_HOBS_DEFAULT, 1, M, GUEST},
    [LIMIT_TABLES] = {"tables", "page tables that are looked at", LIMIT_TABLES_DEFAULT, 1, 16 * M, GUEST},
    [LIMIT_READS] = {"reads", "accesses to memory that may not be read", LIMIT_READS_DEFAULT, 1, G, GUEST},
    [LIMIT_PAGES] = {"pages", "pages that Xen puts above the guest's memory", LIMIT_PAGES_DEFAULT, 1, 4 * M, GUEST},
    [LIMIT_XENSTORE] = {"xenstore", "xenstore nodes of the guest's own", LIMIT_XENSTORE_DEFAULT, 1, M, GUEST},
    [LIMIT_WATCHES] = {"watches", "xenstore watches, as in xenstored", LIMIT_WATCHES_DEFAULT, 0, 0, GUEST},
    [LIMIT_TRANSACTIONS] = {"transactions", "xenstore transactions at a time, as in xenstored",
                            LIMIT_TRANSACTIONS_DEFAULT, 0, 0, GUEST},
    [LIMIT_DISK] = {"disk", "bytes that are written to a disk", LIMIT_DISK_DEFAULT, LIMIT_DISK_LEAST, 64 * G, GUEST},
    [LIMIT_HANDLES] = {"handles", "handles in DXE's database", LIMIT_HANDLES_DEFAULT, 0, 0, GUEST},
    [LIMIT_INTERFACES] = {"interfaces", "interfaces of a handle", LIMIT_INTERFACES_DEFAULT, 0, 0, GUEST},
    [LIMIT_PROTOCOLS] = {"protocols", "protocols in DXE's database", LIMIT_PROTOCOLS_DEFAULT, 0, 0, GUEST},
    [LIMIT_DRIVERS] = {"drivers", "drivers that DXE started", LIMIT_DRIVERS_DEFAULT, 1, 16384, GUEST},
    [LIMIT_NODES] = {"nodes", "volumes, files and sections of an image", LIMIT_NODES_DEFAULT, 1, 16 * M, IMAGE},
    [LIMIT_DEPTH] = {"depth", "how deep they are nested", LIMIT_DEPTH_DEFAULT, 1, LIMIT_DEPTH_MOST, IMAGE},
    [LIMIT_UNPACKED] = {"unpacked", "bytes that compressed sections unpack to", LIMIT_UNPACKED_DEFAULT, 1, 16 * G,
                        IMAGE},
    [LIMIT_MEMORY] = {"memory", "bytes that a process has in memory", 8 * G, 1, UINT64_MAX >> 1, PROCESS},
    [LIMIT_CPU] = {"cpu", "seconds of CPU time of a case", 7200, 1, G, PROCESS},
    [LIMIT_REPORT] = {"report", "bytes of a file that is written", G, 1, UINT64_MAX >> 1, PROCESS},
};
/* clang-format on */

uint64_t limit(const struct limits *l, enum limit_id id)
{
    return l != NULL && l->max[id] != 0 ? l->max[id] : limit_rows[id].standard;
}

/* --- what is said of them */

static bool read_amount(const char *v, uint64_t *n)
{
    static const char units[] = "KMG";
    char *end;
    if (*v < '0' || *v > '9' || strlen(v) > 19)
        return false;
    *n = strtoull(v, &end, 10);
    const char *unit = *end != '\0' ? strchr(units, *end) : NULL;
    const unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    if (*n > UINT64_MAX >> (shift + 1) || (*end != '\0' && (unit == NULL || end[1] != '\0')))
        return false;
    *n <<= shift;
    return true;
}

/* All that may be named, for who named another. */
static bool unknown(const char *text, unsigned of, struct diag *d)
{
    char names[256] = "";
    for (size_t i = 0, n = 0; i < LIMITS; i++)
        if ((limit_rows[i].of & of) != 0 && !limit_is_fixed((enum limit_id)i) && n < sizeof names)
            n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", n != 0 ? ", " : "", limit_rows[i].name);
    return diag_fail(d, "", 0, "--limit: '%.80s' is not NAME=VALUE with one of the names %s", text, names);
}

bool limits_set(struct limits *l, const char *text, unsigned of, struct diag *d)
{
    const size_t n = strcspn(text, "=");
    for (size_t i = 0; i < LIMITS; i++) {
        const struct limit_row *row = &limit_rows[i];
        if (strlen(row->name) != n || strncmp(row->name, text, n) != 0 || text[n] != '=' || (row->of & of) == 0)
            continue;
        if (limit_is_fixed((enum limit_id)i))
            return diag_fail(d, "", 0, "--limit: %s is fixed, at %" PRIu64, row->name, row->standard);
        uint64_t value;
        if (!read_amount(text + n + 1, &value) || value < row->least || value > row->most)
            return diag_fail(d, "", 0,
                             "--limit: '%.80s': give a number from %" PRIu64 " to %" PRIu64 ", or one with K, M or G",
                             text, row->least, row->most);
        l->max[i] = value;
        return true;
    }
    return unknown(text, of, d);
}

void limits_complete(struct limits *l, const struct limits *from)
{
    for (size_t i = 0; i < LIMITS; i++)
        if (l->max[i] == 0)
            l->max[i] = from->max[i];
}

/* --- those that were met */

void limits_merge(struct limits_reached *to, const struct limits_reached *from)
{
    for (size_t i = 0; i < LIMITS; i++)
        if (from->at[i] != 0)
            to->at[i] = from->at[i];
}

bool limits_any(const struct limits_reached *r)
{
    for (size_t i = 0; i < LIMITS; i++)
        if (r->at[i] != 0)
            return true;
    return false;
}

void limit_option(enum limit_id id, char out[LIMIT_OPTION_SIZE])
{
    (void)snprintf(out, LIMIT_OPTION_SIZE, limit_is_fixed(id) ? "" : "--limit %s=N", limit_rows[id].name);
}

void limit_text(enum limit_id id, uint64_t value, char out[LIMIT_TEXT_SIZE])
{
    char option[LIMIT_OPTION_SIZE];
    limit_option(id, option);
    (void)snprintf(out, LIMIT_TEXT_SIZE, "%s=%" PRIu64 " was reached (%s); %s%s", limit_rows[id].name, value,
                   limit_rows[id].what, option[0] != '\0' ? option : "no option raises it",
                   option[0] != '\0' ? " raises it" : "");
}
