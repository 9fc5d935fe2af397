/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hvmbed completion: what a shell needs to complete hvmbed's command line. */
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/outfile.h"
#include "boot/choose.h"
#include "cli/cli.h"
#include "cli/verbs.h"
#include "manual/completion.h"

const struct option_verb completion_verb = {
    .name = "completion",
    .summary = "write a completion script for a shell",
    .operands = "bash|zsh|fish",
    .text = "To have it in this shell: source <(hvmbed completion bash), or zsh;\n"
            "hvmbed completion fish | source. `make install` and packages put it where shells look for it.",
    .least = 1,
    .most = 1,
    .run = cli_completion,
};

/* "layouts/hvm-1g.cfg" is hvm-1g. In place. */
static const char *preset_name(char *path)
{
    char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *dot = strrchr(name, '.');
    if (dot != NULL)
        *dot = '\0';
    return name;
}

int cli_completion(int argc, char **argv)
{
    struct diag d = {0};
    struct layout_choice presets = {0};
    int first = 0, code;
    if (!options_begin(&completion_verb, NULL, argc, argv, &first, &code))
        return code;
    const struct completion *c = completion_find(argv[first]);
    if (c == NULL) {
        (void)diag_fail(&d, argv[first], 0, "no completion is known for this shell; there is bash, zsh and fish");
        return cli_complain(&d);
    }
    /* Without presets their names are not offered. */
    if (!layout_choose(&presets, "all", &d))
        presets.nr = 0;
    const char **name = calloc(presets.nr + 1, sizeof *name);
    for (size_t i = 0; name != NULL && i < presets.nr; i++)
        name[i] = preset_name(presets.path[i]);
    if (name != NULL)
        c->write(name, presets.nr, stdout);
    code = name != NULL ? EXIT_CLEAN : EXIT_DEFECT;
    free(name);
    layout_choice_free(&presets);
    return code;
}
