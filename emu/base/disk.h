/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A raw disk image that is never changed: what a guest writes is kept in memory, and gone with it. */
#ifndef HVMBED_BASE_DISK_H
#define HVMBED_BASE_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/held.h"

#define DISK_SECTOR 512u
#define DISK_MAX (64ull << 30) /* bytes of the file */

struct disk;

/*
 * NULL with @d when it cannot be read, or is empty or too big. What goes beyond the last whole sector is left out. Where
 * @held (NULL: none) has the file no path is looked up.
 */
struct disk *disk_open(const char *path, const struct held *held, struct diag *d);
void disk_close(struct disk *k);
/* A guest may write to so many bytes (default: LIMIT_DISK); a write beyond has failed. */
void disk_limit(struct disk *k, uint64_t most);
bool disk_is_full(const struct disk *k);
uint64_t disk_sectors(const struct disk *k);
/* One sector. False: there is none, or it cannot be read, or there is no room for what is written. */
bool disk_read(struct disk *k, uint64_t sector, uint8_t *bytes);
bool disk_write(struct disk *k, uint64_t sector, const uint8_t *bytes);

#endif
