/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

bool cli_wants_color(const char *output)
{
    return output == NULL && isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
}
