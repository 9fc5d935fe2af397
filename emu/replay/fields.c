/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "replay/fields.h"

#include <stdlib.h>

#define TEXT(type, kind, member, differs)                                                       \
    {                                                                                           \
#member, kind, offsetof(struct type, member), sizeof((struct type *)0)->member, differs \
    }
#define NUMBER(type, kind, member, differs)                      \
    {                                                            \
#member, kind, offsetof(struct type, member), 0, differs \
    }
#define END                                  \
    {                                        \
        NULL, FIELD_TEXT, 0, 0, DIFFERS_TOOL \
    }

const struct field file_fields[] = {
    TEXT(saved_file, FIELD_TEXT, path, DIFFERS_INPUT),
    NUMBER(saved_file, FIELD_COUNT, size, DIFFERS_INPUT),
    TEXT(saved_file, FIELD_DIGITS, sha256, DIFFERS_INPUT),
    END,
};

const struct field finding_fields[] = {
    TEXT(saved_finding, FIELD_WORD, rule, DIFFERS_FIELD),
    TEXT(saved_finding, FIELD_WORD, severity, DIFFERS_FIELD),
    TEXT(saved_finding, FIELD_DIGITS, fingerprint, DIFFERS_FIELD),
    TEXT(saved_finding, FIELD_DIGITS, family, DIFFERS_FIELD),
    TEXT(saved_finding, FIELD_WORD, phase, DIFFERS_FIELD),
    TEXT(saved_finding, FIELD_TEXT, module, DIFFERS_FIELD),
    NUMBER(saved_finding, FIELD_ADDRESS, offset, DIFFERS_FIELD),
    TEXT(saved_finding, FIELD_WORD, access, DIFFERS_FIELD),
    NUMBER(saved_finding, FIELD_ADDRESS, gpa, DIFFERS_FIELD),
    NUMBER(saved_finding, FIELD_COUNT, size, DIFFERS_FIELD),
    NUMBER(saved_finding, FIELD_ADDRESS, value, DIFFERS_FIELD),
    NUMBER(saved_finding, FIELD_COUNT, count, DIFFERS_FIELD),
    TEXT(saved_finding, FIELD_TEXT, text, DIFFERS_FIELD),
    TEXT(saved_finding, FIELD_TEXT, assertion, DIFFERS_FIELD),
    END,
};

const struct field verdict_fields[] = {
    NUMBER(saved, FIELD_COUNT, exit_code, DIFFERS_OUTCOME), TEXT(saved, FIELD_WORD, ending, DIFFERS_OUTCOME),
    TEXT(saved, FIELD_WORD, phase, DIFFERS_WORK),           TEXT(saved, FIELD_TEXT, detail, DIFFERS_WORK),
    NUMBER(saved, FIELD_COUNT, instructions, DIFFERS_WORK), NUMBER(saved, FIELD_COUNT, charged, DIFFERS_WORK),
    NUMBER(saved, FIELD_COUNT, virtual_ns, DIFFERS_WORK),   END,
};

void saved_free(struct saved *s)
{
    free(s->layout);
    free(s->finding);
    s->layout = NULL;
    s->finding = NULL;
    s->nr_findings = 0;
}
