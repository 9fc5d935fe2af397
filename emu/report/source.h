/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a source file lies in its tree, so that who shows reports beside the source finds it. Pure. */
#ifndef HVMBED_REPORT_SOURCE_H
#define HVMBED_REPORT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#define SOURCE_PATH_SIZE 256

/*
 * From the path that the compiler was told to the one below the tree's root: "MdeModulePkg/Core/Pei/Ppi/Ppi.c". @root is
 * that root as the compiler saw it; with NULL it is guessed: edk2's packages lie at the root and are called …Pkg, and
 * what a build makes lies in Build/PLATFORM/TARGET_TOOLCHAIN there. False, with the path cleaned up, when it does not
 * lie below.
 */
bool source_relative(const char *file, const char *root, char out[SOURCE_PATH_SIZE]);

#endif
