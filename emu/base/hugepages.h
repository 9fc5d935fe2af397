/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory of ours of which much will be touched: in pages of 2 MiB where the kernel has such and lets us. Each page of 4 KiB costs a fault,
 * in a virtual machine of 5 us and more; a boot has 17,000. Only a hint: contents are what they would be.
 */
#ifndef HVMBED_BASE_HUGEPAGES_H
#define HVMBED_BASE_HUGEPAGES_H

#include <stddef.h>

/* Before it is touched. */
void hugepages_want(void *p, size_t n);
/* malloc(), for free(), of what will all be written; like that where it is less than such a page. */
void *hugepages_alloc(size_t n);

#endif
