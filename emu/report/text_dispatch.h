/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef HVMBED_REPORT_TEXT_DISPATCH_H
#define HVMBED_REPORT_TEXT_DISPATCH_H

#include <stdbool.h>
#include <stdio.h>

struct dxe_dispatch;

/* Lines of the summary: how many drivers were started; what is missing, and why. Nothing for NULL. */
void text_dispatch(const struct dxe_dispatch *d, bool verbose, FILE *out);

#endif
