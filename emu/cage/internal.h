/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the files of this room only. Each is one part of the cage: 0, or an errno. */
#ifndef HVMBED_CAGE_INTERNAL_H
#define HVMBED_CAGE_INTERNAL_H

#include "cage/cage.h"

int cage_drop_privileges(const struct cage_setup *s);
int cage_close_files(const struct cage_setup *s);
int cage_limit_resources(const struct cage_setup *s);
int cage_filter_syscalls(const struct cage_setup *s);

#endif
