/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A layout that was changed in place, made one that a guest file can say. Pure. */
#ifndef HVMBED_LAYOUT_SETTLE_H
#define HVMBED_LAYOUT_SETTLE_H

#include "layout/layout.h"

/*
 * Rounds, clips and drops what layout_read() would not give: layout_write() and layout_read() afterwards give @l again.
 * False when that cannot be: no RAM at 1 MiB in its E820, too little memory, RAM out of reach.
 */
bool layout_settle(struct layout *l);

#endif
