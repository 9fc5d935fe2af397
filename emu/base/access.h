/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done with memory: a set of bits. */
#ifndef HVMBED_BASE_ACCESS_H
#define HVMBED_BASE_ACCESS_H

#define ALLOW_R 1u
#define ALLOW_W 2u
#define ALLOW_X 4u

#endif
