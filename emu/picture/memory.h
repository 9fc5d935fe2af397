/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's memory side by side, on one scale: what it was told, what it declared, what it wrote, whose it is. */
#ifndef HVMBED_PICTURE_MEMORY_H
#define HVMBED_PICTURE_MEMORY_H

#include <stdbool.h>

#include "picture/panel.h"
#include "report/report.h"

enum memory_panel { PANEL_E820, PANEL_HOBS, PANEL_WRITTEN, PANEL_PLAN, MEMORY_PANELS };

struct memory_picture {
    struct panel panel[MEMORY_PANELS];
    struct scale scale;
};

/* False: out of memory. memory_picture_free() in any case. */
bool memory_picture_make(struct memory_picture *m, const struct report_input *in);
void memory_picture_free(struct memory_picture *m);

/* Where a finding is shown: what was accessed, declared or changed, else the instruction. */
struct span finding_where(const struct finding *f);

/* "36K", "2M": exact; "1.5G", "~168K": nearly; "512 bytes". */
#define SIZE_TEXT 48
void size_format(uint64_t size, char out[SIZE_TEXT]);

#endif
