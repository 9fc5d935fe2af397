/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disk=, by libxlutil's own parser. What the bed has no backend for is a note: firmware boots without its disk, too.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "layout/keys.h"

/* X:tools/libs/light/libxl_device.c:libxl__device_disk_dev_number: numbers of whole disks, and what a partition adds. */
static const struct {
    const char *prefix;
    unsigned disks, partitions;
} kinds[] = {{"xvd", 16, 16}, {"hd", 4, 64}, {"sd", 16, 16}};
enum { KIND_XVD, KIND_HD, KIND_SD, KINDS };

static uint32_t number(unsigned kind, unsigned disk)
{
    if (kind == KIND_HD)
        return (disk < 2 ? 3u : 22u) << 8 | (disk & 1) << 6;
    return (kind == KIND_XVD ? 202u : 8u) << 8 | disk << 4;
}

static bool parse_vdev(const char *s, uint32_t *vdev)
{
    for (unsigned i = 0; i < KINDS; i++) {
        const size_t n = strlen(kinds[i].prefix);
        char *end;
        if (strncmp(s, kinds[i].prefix, n) != 0 || s[n] < 'a' || s[n] >= 'a' + (int)kinds[i].disks)
            continue;
        const unsigned long part = strtoul(s + n + 1, &end, 10);
        if (*end != '\0' || part >= kinds[i].partitions || (s[n + 1] != '\0' && part == 0))
            return false;
        *vdev = number(i, (unsigned)(s[n] - 'a')) | (uint32_t)part;
        return true;
    }
    return false;
}

void layout_disk_name(uint32_t vdev, char out[DISK_NAME_SIZE])
{
    for (unsigned i = 0; i < KINDS; i++)
        for (unsigned disk = 0; disk < kinds[i].disks; disk++) {
            const uint32_t part = vdev - number(i, disk);
            if (part >= kinds[i].partitions)
                continue;
            const int n = snprintf(out, DISK_NAME_SIZE, "%s%c", kinds[i].prefix, 'a' + (int)disk);
            if (part != 0)
                (void)snprintf(out + n, DISK_NAME_SIZE - (size_t)n, "%u", part);
            return;
        }
    (void)snprintf(out, DISK_NAME_SIZE, "%u", vdev);
}

uint32_t layout_disk_xvd(unsigned i)
{
    return number(KIND_XVD, i);
}

/* Relative to the guest's file. False: too long. */
static bool find_file(const char *cfg, const char *target, char *out, size_t room)
{
    const char *slash = target[0] == '/' ? NULL : strrchr(cfg, '/');
    const int n = slash != NULL ? (int)(slash - cfg) + 1 : 0;
    const int length = snprintf(out, room, "%.*s%s", n, cfg, target);
    return length >= 0 && (size_t)length < room;
}

/* Why there is no such disk here; NULL: there is. */
static const char *refuse(const struct draft *t, const libxl_device_disk *k, struct layout_disk *out)
{
    struct stat st;
    if (k->is_cdrom)
        return "there are no CD-ROM drives";
    if (k->script != NULL)
        return "no script is run";
    if (k->format != LIBXL_DISK_FORMAT_RAW)
        return "only raw images are read";
    if (k->pdev_path == NULL || k->vdev == NULL || !parse_vdev(k->vdev, &out->vdev))
        return "only xvdX, hdX and sdX are known";
    if (!find_file(t->f->path, k->pdev_path, out->path, sizeof out->path))
        return "the path is too long";
    if (stat(out->path, &st) != 0)
        return "there is no such file";
    if (!S_ISREG(st.st_mode))
        return "it is no file";
    if (t->l.nr_disks == DISKS_MAX)
        return "there are too many";
    for (unsigned i = 0; i < t->l.nr_disks; i++)
        if (t->l.disk[i].vdev == out->vdev)
            return "its number is taken";
    return NULL;
}

static void free_parsed(libxl_device_disk *k)
{
    free(k->backend_domname);
    free(k->pdev_path);
    free(k->vdev);
    free(k->script);
}

static bool read_one(struct draft *t, const char *spec, unsigned line, struct diag *d)
{
    libxl_device_disk k;
    struct layout_disk disk = {.vdev = 0};
    memset(&k, 0, sizeof k);
    const bool ok = xlu_disk_parse(t->f->xlu, 1, &spec, &k) == 0;
    if (ok) {
        const char *why = refuse(t, &k, &disk);
        disk.read_only = k.readwrite == 0;
        if (why == NULL)
            t->l.disk[t->l.nr_disks++] = disk;
        else
            draft_note(t, "disk", "disk: \"%.100s\" is not there: %s", spec, why);
    }
    free_parsed(&k);
    return ok || diag_fail(d, t->f->path, line, "disk: \"%.100s\" is no disk that xl understands", spec);
}

bool disk_key_read(struct draft *t, struct diag *d)
{
    XLU_ConfigList *list = NULL;
    int nr = 0;
    if (!cfg_list(t->f, "disk", &list, &nr, d))
        return false;
    for (int i = 0; list != NULL && i < nr; i++) {
        const char *s;
        unsigned line;
        if (!cfg_item(t->f, "disk", list, i, &s, &line, d) || !read_one(t, s, line, d))
            return false;
    }
    return true;
}

void disks_write(const struct layout *l, FILE *out)
{
    char name[DISK_NAME_SIZE];
    if (l->nr_disks == 0)
        return;
    fputs("disk = [\n", out);
    for (unsigned i = 0; i < l->nr_disks; i++) {
        layout_disk_name(l->disk[i].vdev, name);
        fprintf(out, "    \"format=raw,vdev=%s,access=%s,target=%s\",\n", name, l->disk[i].read_only ? "ro" : "rw",
                l->disk[i].path);
    }
    fputs("]\n", out);
}

bool disks_same(const struct layout *a, const struct layout *b)
{
    bool same = a->nr_disks == b->nr_disks;
    for (unsigned i = 0; same && i < a->nr_disks; i++)
        same = a->disk[i].vdev == b->disk[i].vdev && a->disk[i].read_only == b->disk[i].read_only &&
               strcmp(a->disk[i].path, b->disk[i].path) == 0;
    return same;
}
