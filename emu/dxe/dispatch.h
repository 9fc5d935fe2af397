/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The dispatcher explained: which drivers of the DXE volumes were never started and what they wait for, which
 * architectural protocols are missing, and how one led to the other. Pure: it looks at files, at what became of them
 * and at the protocols that are there.
 */
#ifndef HVMBED_DXE_DISPATCH_H
#define HVMBED_DXE_DISPATCH_H

#include "dxe/efi.h"

enum dxe_fate {
    DXE_NOT_STARTED,
    DXE_RUNNING,  /* its entry point has not returned */
    DXE_RETURNED, /* with @status */
};

#define DXE_NAME_SIZE 64
struct dxe_file {
    struct guid guid;
    char name[DXE_NAME_SIZE]; /* of its user-interface section, or its GUID */
    const uint8_t *pe;        /* in the volume's bytes */
    size_t npe;
    const uint8_t *depex; /* NULL: a UEFI driver, which waits for all architectural protocols */
    size_t ndepex;
    enum dxe_fate fate;
    uint64_t status;
};

#define DXE_FILES_MAX 512
struct dxe_files {
    struct dxe_file f[DXE_FILES_MAX];
    size_t nr;
};
/* Adds the DXE drivers of a volume; its bytes must stay as they are as long as @all is used. */
void dxe_files_add(struct dxe_files *all, const uint8_t *volume, size_t size);
struct dxe_file *dxe_file_find(struct dxe_files *all, const struct guid *g);

#define DXE_ARCH_MAX 16
#define DXE_WAITING_MAX 32
#define DXE_CAUSES_MAX 8
#define DXE_TEXT_SIZE 256
struct dxe_dispatch {
    unsigned started, failed; /* drivers; of them, with an error */
    bool protocols;           /* the handle database could be read: else only what follows from files is here */
    const char *missing[DXE_ARCH_MAX]; /* architectural protocols, edk2's names without "gEfi" and "ArchProtocolGuid" */
    size_t nr_missing;
    struct dxe_waiting {
        char name[DXE_NAME_SIZE];
        char wants[DXE_TEXT_SIZE]; /* the terms of its dependency that are not true */
    } waiting[DXE_WAITING_MAX];    /* drivers never started */
    size_t nr_waiting, waiting_dropped;
    struct {
        char name[DXE_NAME_SIZE];
        uint64_t status;
    } error[DXE_WAITING_MAX]; /* drivers whose entry point returned an error */
    size_t nr_errors;
    /* From the protocol that is missed most (BDS, where it is missing) to what seems to have begun it. */
    char cause[DXE_CAUSES_MAX][DXE_TEXT_SIZE];
    size_t nr_causes;
};
/* @there: NULL when the handle database could not be read. */
void dxe_explain(const struct dxe_files *all, const struct efi_protocols *there, struct dxe_dispatch *out);

#endif
