/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How things look: fills from the palette of Okabe and Ito, which people who cannot tell red from green can tell apart,
 * each with a pattern of its own among those that are shown together; texts never lie on a fill. Light and dark.
 */
#ifndef HVMBED_PICTURE_STYLE_H
#define HVMBED_PICTURE_STYLE_H

#include <stdio.h>

#include "check/timeline.h"
#include "layout/plan.h"

enum fill {
    FILL_NONE,
    /* kinds of memory, whoever says so */
    FILL_RAM,
    FILL_RESERVED,
    FILL_ACPI,
    FILL_NVS,
    FILL_MMIO,
    FILL_UNUSABLE,
    FILL_OTHER,
    /* allocations */
    FILL_BOOT,
    FILL_RUNTIME,
    FILL_GIVEN_BACK,
    /* the plan's classes */
    FILL_FREE,
    FILL_NULL,
    FILL_LIVE,
    FILL_PRESERVED,
    FILL_XEN,
    FILL_IMAGE,
    FILL_DEVICE,
    /* phases */
    FILL_LOADER,
    FILL_SEC,
    FILL_PEI,
    FILL_MEMORY,
    FILL_DXE,
    FILL_UNPACK,
    FILLS
};

/* For the legend. A group's fills are shown together; its name is static, NULL but for its first one. */
const char *fill_title(enum fill f);
const char *fill_group(enum fill f);
enum fill fill_of_class(enum plan_class c);
enum fill fill_of_phase(enum phase p);
enum fill fill_of_e820(uint32_t type);
enum fill fill_of_resource(unsigned kind);
enum fill fill_of_memory(unsigned kind);

/* A filled rectangle; a title for it may follow in the caller's group. */
void style_rect(FILE *out, enum fill f, int x, int y, int width, int height);
/* Patterns, as SVG definitions; the rules, as a style sheet for pictures. */
void style_defs(FILE *out);
void style_sheet(FILE *out);

/* Metrics: a monospaced font's character is at most this wide at its size, in hundredths of a pixel. */
#define FONT 11
#define CHAR_HUNDREDTHS 663
#define LINE 14
static inline int text_width(size_t characters)
{
    return (int)(characters * CHAR_HUNDREDTHS / 100 + 1);
}

#endif
