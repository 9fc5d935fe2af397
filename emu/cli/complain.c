/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>

#include "cli/cli.h"

int cli_complain(const struct diag *d)
{
    (void)fprintf(stderr, "hvmbed: ");
    if (d->file[0] != '\0' && d->line != 0)
        (void)fprintf(stderr, "%s:%u: ", d->file, d->line);
    else if (d->file[0] != '\0')
        (void)fprintf(stderr, "%s: ", d->file);
    (void)fprintf(stderr, "%s\n", d->message);
    return EXIT_BAD_INPUT;
}
