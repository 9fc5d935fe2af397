/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout/cfgfile.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What libxlutil calls the file; it says "NAME:LINE: …". */
#define NAME "cfg"

/* The whole file into f->text. */
static bool read_text(struct cfgfile *f, struct diag *d)
{
    struct stat st;
    FILE *in = stat(f->path, &st) == 0 && S_ISDIR(st.st_mode) ? NULL : fopen(f->path, "rb");
    if (in == NULL)
        return diag_fail(d, f->path, 0, "cannot read this layout: %s", strerror(errno != 0 ? errno : EISDIR));

    f->text = malloc(CFG_MAX_SIZE + 2);
    if (f->text == NULL) {
        fclose(in);
        return diag_fail(d, f->path, 0, "out of memory while reading this layout");
    }
    errno = 0;
    f->size = fread(f->text, 1, CFG_MAX_SIZE + 1, in);
    int error = ferror(in) ? errno : 0;
    fclose(in);
    f->text[f->size] = '\0';

    return error == 0 || diag_fail(d, f->path, 0, "cannot read this layout: %s", strerror(error));
}

/* Can it be a guest file? */
static bool check_text(const struct cfgfile *f, struct diag *d)
{
    if (f->size == 0)
        return diag_fail(d, f->path, 0, "the layout is empty; it should be an xl.cfg guest file");
    if (f->size > CFG_MAX_SIZE)
        return diag_fail(d, f->path, 0, "larger than 1 MiB: not an xl.cfg guest file");

    size_t nul = strlen(f->text);
    if (nul != f->size) {
        unsigned line = 1;
        for (size_t i = 0; i < nul; i++)
            line += f->text[i] == '\n';
        return diag_fail(d, f->path, line, "a NUL byte: not an xl.cfg guest file");
    }
    return true;
}

/*
 * Takes what libxlutil said since the last call: the first line without its "NAME:LINE:[COLUMN:] warning: ",
 * and that line number (0 if it gave none).
 */
static unsigned take_report(struct cfgfile *f, char *out, size_t n)
{
    unsigned line = 0;
    fflush(f->report);
    const char *s = f->said + f->heard;
    if (strncmp(s, NAME ":", sizeof NAME) == 0) {
        char *end;
        s += sizeof NAME;
        line = (unsigned)strtoul(s, &end, 10);
        if (*end == ':')
            (void)strtol(end + 1, &end, 10);
        s = *end == ':' ? end + 1 : end;
        s += strspn(s, " ");
        if (strncmp(s, "warning: ", 9) == 0)
            s += 9;
    }
    (void)snprintf(out, n, "%.*s", (int)strcspn(s, "\n"), s);
    f->heard = f->said_size;
    return line;
}

static bool report_fail(struct cfgfile *f, struct diag *d, const char *hint)
{
    char said[400];
    unsigned line = take_report(f, said, sizeof said);
    return diag_fail(d, f->path, line, "%s%s", said[0] != '\0' ? said : "libxlutil refuses this", hint);
}

static bool parse(struct cfgfile *f, struct diag *d)
{
    if (!check_text(f, d))
        return false;
    f->report = open_memstream(&f->said, &f->said_size);
    if (f->report != NULL)
        f->xlu = xlu_cfg_init(f->report, NAME);
    if (f->xlu == NULL)
        return diag_fail(d, f->path, 0, "out of memory while reading this layout");
    return xlu_cfg_readdata(f->xlu, f->text, (int)f->size) == 0 ||
           report_fail(f, d, strchr(f->text, '\r') != NULL ? "; lines must end with LF, not CR LF" : "");
}

bool cfg_open(struct cfgfile *f, const char *path, struct diag *d)
{
    *f = (struct cfgfile){.path = path};
    errno = 0;
    if (read_text(f, d) && parse(f, d))
        return true;
    cfg_close(f);
    return false;
}

bool cfg_open_text(struct cfgfile *f, const char *name, const char *text, struct diag *d)
{
    *f = (struct cfgfile){.path = name, .text = strdup(text), .size = strlen(text)};
    if (f->text != NULL ? parse(f, d) : diag_fail(d, name, 0, "out of memory while reading this layout"))
        return true;
    cfg_close(f);
    return false;
}

void cfg_close(struct cfgfile *f)
{
    if (f->xlu != NULL)
        xlu_cfg_destroy(f->xlu);
    if (f->report != NULL)
        fclose(f->report);
    free(f->said);
    free(f->text);
    *f = (struct cfgfile){0};
}

/* The position after the string that begins at @at; strings do not span lines. */
static size_t skip_string(const char *text, size_t at)
{
    char quote = text[at++];
    while (text[at] != quote && text[at] != '\0')
        at += text[at] == '\\' && text[at + 1] != '\0' ? 2 : 1;
    return text[at] != '\0' ? at + 1 : at;
}

/*
 * The tokens of X:tools/libs/util/libxlu_cfg_l.l. In a file that libxlutil accepts every identifier is a key,
 * since values are strings, numbers or lists of them.
 */
bool cfg_next_key(const struct cfgfile *f, size_t *at, unsigned *line, char *key, size_t n)
{
    static const char digits[] = "0123456789abcdefx";
    static const char letters[] = "._0123456789abcdefghijklmnopqrstuvwxyz";
    const char *t = f->text;
    if (*at == 0)
        *line = 1;
    while (t[*at] != '\0') {
        char c = t[*at];
        if (c == '#') {
            *at += strcspn(t + *at, "\n");
        } else if (c == '"' || c == '\'') {
            *at = skip_string(t, *at);
        } else if (c >= '0' && c <= '9') {
            *at += strspn(t + *at, digits);
        } else if (c >= 'a' && c <= 'z') {
            size_t len = strspn(t + *at, letters);
            (void)snprintf(key, n, "%.*s", (int)len, t + *at);
            *at += len;
            return true;
        } else {
            *line += c == '\n';
            ++*at;
        }
    }
    return false;
}

unsigned cfg_line(const struct cfgfile *f, const char *key)
{
    char name[64];
    unsigned line = 1, last = 0;
    for (size_t at = 0; cfg_next_key(f, &at, &line, name, sizeof name);)
        if (strcmp(name, key) == 0)
            last = line;
    return last;
}

bool cfg_string(struct cfgfile *f, const char *key, const char **value, struct diag *d)
{
    *value = NULL;
    int e = xlu_cfg_get_string(f->xlu, key, value, 0);
    return e == 0 || e == ESRCH || report_fail(f, d, "");
}

bool cfg_long(struct cfgfile *f, const char *key, long *value, struct diag *d)
{
    int e = xlu_cfg_get_long(f->xlu, key, value, 0);
    return e == 0 || e == ESRCH || report_fail(f, d, "");
}

bool cfg_list(struct cfgfile *f, const char *key, XLU_ConfigList **list, int *nr, struct diag *d)
{
    *list = NULL;
    *nr = 0;
    int e = xlu_cfg_get_list(f->xlu, key, list, nr, 0);
    return e == 0 || e == ESRCH || report_fail(f, d, "");
}

bool cfg_is_list(const struct cfgfile *f, const char *key)
{
    XLU_ConfigList *list;
    int nr;
    return xlu_cfg_get_list(f->xlu, key, &list, &nr, 1) == 0;
}

bool cfg_item(struct cfgfile *f, const char *key, XLU_ConfigList *list, int i, const char **value, unsigned *line,
              struct diag *d)
{
    char said[8];
    XLU_ConfigList *none;
    XLU_ConfigValue *item = xlu_cfg_get_listitem2(list, i);

    *value = xlu_cfg_get_listitem(list, i);
    if (item == NULL || *value == NULL)
        return cfg_fail(f, key, d, "entry %d of %s is not a string", i, key);
    /* Asked for the wrong kind, libxlutil complains, and its complaint has the item's line. */
    (void)xlu_cfg_value_get_list(f->xlu, item, &none, 0);
    *line = take_report(f, said, sizeof said);
    return true;
}

bool cfg_fail(const struct cfgfile *f, const char *key, struct diag *d, const char *fmt, ...)
{
    char message[sizeof d->message];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(message, sizeof message, fmt, ap);
    va_end(ap);
    return diag_fail(d, f->path, cfg_line(f, key), "%s", message);
}
