/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A case file: read, written, read again, and compared with itself and with how it would be booted. */
#include "../fuzz.h"

#include "matrix/save.h"

static void again(const struct saved *s)
{
    static struct saved back;
    struct difference_list l;
    struct diag d = {0};
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    memset(&back, 0, sizeof back);
    if (out == NULL || !saved_write(s, out) || fclose(out) != 0 || !saved_parse("again", text, n, &back, &d))
        abort();
    if (!saved_compare(s, &back, &l) || l.nr != 0)
        abort();
    difference_list_free(&l);
    saved_free(&back);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static struct saved s;
    static struct layout layout;
    static struct trial_options o;
    struct diag d = {0};
    memset(&s, 0, sizeof s);
    memset(&o, 0, sizeof o);
    if (saved_parse("case", (const char *)bytes, n, &s, &d)) {
        again(&s);
        monitor_defaults(&o.monitor);
        (void)saved_prepare(&s, "case", &layout, &o, &d);
    } else if (d.message[0] == '\0' || strchr(d.message, '\n') != NULL) {
        abort();
    }
    saved_free(&s);
    return 0;
}
