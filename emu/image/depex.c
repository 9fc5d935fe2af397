/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image/depex.h"

#include <string.h>

#include "image/fv.h"
#include "image/guid_names.h"

enum { OP_BEFORE, OP_AFTER, OP_PUSH, OP_AND, OP_OR, OP_NOT, OP_TRUE, OP_FALSE, OP_END, OP_SOR, NR_OPS };
enum { STACK_MAX = 256 };

/* Operands lie one after another in the text; the stack tells where each begins and what joins it (OP_PUSH: nothing). */
struct words {
    char *text;
    size_t used;
    struct {
        size_t start;
        uint8_t joined_by;
    } stack[STACK_MAX];
    size_t depth;
};

static bool insert(struct words *w, size_t at, const char *what)
{
    size_t n = strlen(what);
    if (w->used + n >= DEPEX_TEXT_SIZE)
        return false;
    memmove(w->text + at + n, w->text + at, w->used - at);
    memcpy(w->text + at, what, n);
    w->used += n;
    w->text[w->used] = '\0';
    return true;
}

static bool push(struct words *w, const char *what)
{
    if (w->depth == STACK_MAX)
        return false;
    w->stack[w->depth].start = w->used;
    w->stack[w->depth].joined_by = OP_PUSH;
    w->depth++;
    return insert(w, w->used, what);
}

/* Brackets around the operand at @i, which ends at @end, where @op needs them. */
static bool bracket(struct words *w, size_t i, size_t end, uint8_t op, size_t *grown)
{
    uint8_t inner = w->stack[i].joined_by;
    *grown = 0;
    if (inner == OP_PUSH || inner == op)
        return true;
    *grown = 2;
    return insert(w, end, ")") && insert(w, w->stack[i].start, "(");
}

static bool join(struct words *w, uint8_t op)
{
    if (w->depth < 2)
        return false;
    size_t left = w->depth - 2, right = w->depth - 1, grown;
    if (!bracket(w, right, w->used, op, &grown) || !bracket(w, left, w->stack[right].start, op, &grown) ||
        !insert(w, w->stack[right].start + grown, op == OP_AND ? " AND " : " OR "))
        return false;
    w->stack[left].joined_by = op;
    w->depth--;
    return true;
}

static bool negate(struct words *w)
{
    size_t grown;
    if (w->depth < 1 || !bracket(w, w->depth - 1, w->used, OP_PUSH, &grown))
        return false;
    w->stack[w->depth - 1].joined_by = OP_PUSH; /* binds tighter than the others */
    return insert(w, w->stack[w->depth - 1].start, "NOT ");
}

static bool push_guid(struct words *w, const uint8_t *p, const char *before)
{
    struct guid g;
    char text[GUID_TEXT_SIZE];
    memcpy(g.b, p, sizeof g.b);
    guid_format(&g, text);
    const char *name = guid_name(&g);
    return push(w, before) && insert(w, w->used, name != NULL ? name : text);
}

static bool read_terms(struct words *w, const uint8_t *p, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint8_t op = p[at++];
        bool ok;
        if (op <= OP_PUSH) {
            static const char *const before[] = {[OP_BEFORE] = "BEFORE ", [OP_AFTER] = "AFTER ", [OP_PUSH] = ""};
            ok = size - at >= sizeof(struct guid) && push_guid(w, p + at, before[op]);
            at += sizeof(struct guid);
        } else if (op == OP_AND || op == OP_OR) {
            ok = join(w, op);
        } else if (op == OP_NOT) {
            ok = negate(w);
        } else if (op == OP_TRUE || op == OP_FALSE) {
            ok = push(w, op == OP_TRUE ? "TRUE" : "FALSE");
        } else if (op == OP_SOR) {
            ok = w->depth == 0 && insert(w, w->used, "SOR ");
        } else {
            return op == OP_END && w->depth == 1;
        }
        if (!ok)
            return false;
    }
    return false; /* no END */
}

bool depex_format(const uint8_t *p, size_t size, char out[DEPEX_TEXT_SIZE])
{
    static const char remark[] = " (damaged or too long)";
    struct words w = {.text = out};
    out[0] = '\0';
    if (read_terms(&w, p, size))
        return true;
    if (w.used + sizeof remark > DEPEX_TEXT_SIZE)
        w.used = DEPEX_TEXT_SIZE - sizeof remark;
    memcpy(out + w.used, remark, sizeof remark);
    return false;
}
