/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the words in an option's argument or a verb's operands stand for: the manual and completions go by it. */
#ifndef HVMBED_MANUAL_WORDS_H
#define HVMBED_MANUAL_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/options.h"

enum word_kind {
    WORD_OTHER,  /* a number, a name: nothing can be offered */
    WORD_FILE,   /* a file */
    WORD_DIR,    /* a folder */
    WORD_LAYOUT, /* a preset, a file or a folder */
    WORD_VALUES, /* one of some */
};

#define WORD_VALUES_MAX 96
struct word {
    enum word_kind kind;
    /* WORD_VALUES: what may be said; the strings are @buffer's or static. */
    const char *value[WORD_VALUES_MAX];
    size_t nr;
    char buffer[512];
};

/* What @o takes as its argument, which it has. */
void word_of_option(const struct option_spec *o, struct word *w);
/* What an operand of @v may be: WORD_OTHER where it has none. */
enum word_kind word_of_operands(const struct option_verb *v);

/* Where that is WORD_VALUES: which. */
bool word_of_operand_values(const struct option_verb *v, struct word *w);

/* The first word of a verb's name: how long it is, and is the @i-th verb the first that begins with it? */
int verb_first_word(const struct option_verb *v);
bool verb_is_first(size_t i);

/* The options of a verb, the shared ones first; NULL behind the last. */
const struct option_spec *verb_option(const struct option_verb *v, size_t i);

#endif
