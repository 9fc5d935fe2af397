/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "manual/mdoc.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/version.h"

void mdoc_head(FILE *out, const char *name, const char *section)
{
    (void)fprintf(out, ".\\\" Made from hvmbed's own tables: see docs/man/README.md.\n.Dd %s\n.Dt ", HVMBED_DATE);
    for (const char *s = name; *s != '\0'; s++)
        (void)fputc(toupper((unsigned char)*s), out);
    (void)fprintf(out, " %s\n.Os\n", section);
}

/* A minus, not a hyphen, and quotes that are no apostrophes: what stands here is often to be typed. "": none. */
static const char *escaped(char c)
{
    static const struct {
        char c;
        const char *escape;
    } table[] = {{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"}, {'`', "\\(ga"},
                 {'^', "\\(ha"}, {'~', "\\(ti"}, {'"', "\\(dq"}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (c == table[i].c)
            return table[i].escape;
    return "";
}

static void put(FILE *out, char c)
{
    const char *escape = escaped(c);
    if (escape[0] != '\0')
        (void)fputs(escape, out);
    else
        (void)fputc(c, out);
}

/* How many bytes put() makes of @n; mandoc counts the escapes that it makes of what is not ASCII. */
static size_t escaped_length(const char *s, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += escaped(s[i])[0] != '\0' ? strlen(escaped(s[i])) : isascii(s[i]) ? 1 : 4;
    return sum;
}

/* Is @s, a blank, between two sentences? */
static bool ends_sentence(const char *text, const char *s)
{
    return s > text && (s[-1] == '.' || s[-1] == '?') && s[1] != '\0' && !islower((unsigned char)s[1]);
}

#define LINE_MAX_LENGTH 78 /* mandoc -Tlint wants lines below 80 */

/* A function's name, CpuDeadLoop(), is no reference to a page of the manual. */
static void put_word(FILE *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '(' && i + 1 < n && s[i + 1] == ')')
            (void)fputs("\\&", out);
        put(out, s[i]);
    }
}

static void text_lines(FILE *out, const char *text)
{
    size_t column = 0;
    for (const char *s = text; *s != '\0';) {
        const size_t n = strcspn(s, " \n"), length = escaped_length(s, n);
        if (column != 0 && column + 1 + length > LINE_MAX_LENGTH) {
            (void)fputc('\n', out);
            column = 0;
        } else if (column != 0) {
            (void)fputc(' ', out);
            column++;
        }
        if (column == 0 && (*s == '.' || *s == '\''))
            (void)fputs("\\&", out);
        put_word(out, s, n);
        column += length;
        s += n;
        if (strncmp(s, "\n\n", 2) == 0) {
            (void)fputs("\n.Pp\n", out);
            column = 0;
            s += 2;
            continue;
        }
        if (*s == '\n' || (*s == ' ' && ends_sentence(text, s)))
            column = LINE_MAX_LENGTH;
        s += *s != '\0';
    }
}

void mdoc_text(FILE *out, const char *text)
{
    text_lines(out, text);
    (void)fputc('\n', out);
}

void mdoc_sentence(FILE *out, const char *text)
{
    const size_t n = strlen(text);
    text_lines(out, text);
    (void)fputs(n != 0 && strchr(".?!", text[n - 1]) != NULL ? "\n" : ".\n", out);
}

/* Two letters or three might be a macro's name. */
static bool may_be_macro(const char *s, size_t n)
{
    return n >= 2 && n <= 3 && isupper((unsigned char)s[0]) && islower((unsigned char)s[1]);
}

void mdoc_inline(FILE *out, const char *text)
{
    for (const char *s = text; *s != '\0';) {
        const size_t n = strcspn(s, " ");
        if (may_be_macro(s, n) || (n == 1 && strchr(".,:;()[]?!|", *s) != NULL))
            (void)fputs("\\&", out);
        for (size_t i = 0; i < n; i++)
            put(out, s[i]);
        s += n;
        if (*s == ' ')
            (void)fputc(*s++, out);
    }
}

static size_t word_length(const char *s)
{
    size_t n = 0;
    while (isalnum((unsigned char)s[n]) || s[n] == '-' || s[n] == '_' ||
           (s[n] == '.' && s[n + 1] != '.' && n != 0 && s[n - 1] != '.'))
        n++;
    return n;
}

/* What is longer may go on in the next line behind a bar; a synopsis has some fifty columns left. */
#define UNBROKEN_MAX 40

void mdoc_arg(FILE *out, const char *arg)
{
    const bool breaks = strlen(arg) > UNBROKEN_MAX;
    bool first = true, tight = false; /* an opening bracket needs no Ns behind it */
    for (const char *s = arg; *s != '\0'; first = false) {
        if (!first && !tight)
            (void)fputs(" Ns", out);
        tight = false;
        size_t n = word_length(s);
        if (n != 0) {
            (void)fprintf(out, " %s %.*s", isupper((unsigned char)*s) ? "Ar" : "Cm", (int)n, s);
        } else if (strncmp(s, "...", n = 3) == 0) {
            (void)fputs(" No ...", out);
        } else {
            n = 1;
            tight = *s == '[';
            if (tight)
                (void)fputs(" Oo", out);
            else if (*s == ']')
                (void)fputs(" Oc", out);
            else if (*s == '|')
                (void)fputs(breaks ? " |\\:" : " |", out);
            else
                (void)fprintf(out, " No \\&%c", *s);
        }
        s += n;
    }
}

#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"

/* "[CASE...]" is "Op Ar CASE ...", "FILE" is "Ar FILE", and everything else is spelled out. */
static void operand(FILE *out, const char *token)
{
    const bool optional = token[0] == '[';
    const char *word = token + optional;
    const size_t n = strspn(word, UPPER);
    const bool many = strncmp(word + n, "...", 3) == 0;
    if (n != 0 && strcmp(word + n + (many ? 3 : 0), optional ? "]" : "") == 0)
        (void)fprintf(out, "%sAr %.*s%s", optional ? "Op " : "", (int)n, word, many ? " ..." : "");
    else
        mdoc_arg(out, token);
}

void mdoc_operands(FILE *out, const char *operands)
{
    bool in_line = false; /* behind an option: its argument */
    for (const char *s = operands; *s != '\0';) {
        char token[64];
        const size_t n = strcspn(s, " ");
        (void)snprintf(token, sizeof token, "%.*s", (int)n, s);
        const bool option = token[0] == '-' && token[1] != '-';
        (void)fputc(in_line ? ' ' : '.', out);
        if (option)
            (void)fprintf(out, "Fl %s", token + 1);
        else
            operand(out, token);
        in_line = option;
        s += n;
        s += *s == ' ';
        if (!in_line || *s == '\0')
            (void)fputc('\n', out);
    }
}
