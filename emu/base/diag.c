/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>

bool diag_fail(struct diag *d, const char *file, unsigned line, const char *fmt, ...)
{
    if (d == NULL)
        return false;
    (void)snprintf(d->file, sizeof d->file, "%s", file != NULL ? file : "");
    d->line = line;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(d->message, sizeof d->message, fmt, ap);
    va_end(ap);
    return false;
}
