/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the DXE dispatcher did, as JSON. */
#include "dxe/dispatch.h"
#include "report/json_parts.h"

/* Takes @e; false when out of memory. */
static bool append(json_t *list, json_t *e)
{
    return json_array_append_new(list, e) == 0;
}

static json_t *names(const char *const *name, size_t nr)
{
    json_t *list = json_array();
    for (size_t i = 0; i < nr; i++)
        if (!append(list, json_string(name[i])))
            break;
    return list;
}

static json_t *causes(const struct dxe_dispatch *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->nr_causes; i++)
        if (!append(list, json_safe(d->cause[i])))
            break;
    return list;
}

static json_t *errors(const struct dxe_dispatch *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->nr_errors; i++)
        if (!append(list, json_pack("{s:o, s:o, s:s?}", "driver", json_safe(d->error[i].name), "status",
                                    json_hex(d->error[i].status), "name", efi_status_name(d->error[i].status))))
            break;
    return list;
}

static json_t *waiting(const struct dxe_dispatch *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->nr_waiting; i++)
        if (!append(list, json_pack("{s:o, s:o}", "driver", json_safe(d->waiting[i].name), "for",
                                    json_safe(d->waiting[i].wants))))
            break;
    return list;
}

json_t *json_dispatch(const struct dxe_dispatch *d)
{
    if (d == NULL)
        return json_null();
    return json_pack("{s:i, s:i, s:b, s:o, s:o, s:o, s:o, s:I}", "started", (int)d->started, "failed", (int)d->failed,
                     "protocols_read", (int)d->protocols, "missing", names(d->missing, d->nr_missing), "causes",
                     causes(d), "errors", errors(d), "waiting", waiting(d), "waiting_dropped",
                     (json_int_t)d->waiting_dropped);
}
