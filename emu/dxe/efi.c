/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dxe/efi.h"

#include "base/le.h"

#define SYSTEM_TABLE_SIGNATURE 0x5453595320494249ull  /* "IBI SYST" */
#define BOOT_SERVICES_SIGNATURE 0x56524553544F4F42ull /* "BOOTSERV" */
#define SYSTEM_TABLE_BOOT 0x60

#define SIGNATURE(a, b, c, d) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define HANDLE_SIGNATURE SIGNATURE('h', 'n', 'd', 'l')
#define INTERFACE_SIGNATURE SIGNATURE('p', 'i', 'f', 'c')
#define ENTRY_SIGNATURE SIGNATURE('p', 'r', 't', 'e')

/* IHANDLE, PROTOCOL_INTERFACE, PROTOCOL_ENTRY; a list's links lead to the links of its members. */
#define HANDLE_ALL 0x08
#define HANDLE_PROTOCOLS 0x18
#define INTERFACE_LINK 0x08
#define INTERFACE_ENTRY 0x30
#define INTERFACE_POINTER 0x38
#define ENTRY_GUID 0x18

#define HANDLES_MAX LIMIT_HANDLES_DEFAULT
#define INTERFACES_MAX LIMIT_INTERFACES_DEFAULT

static uint64_t read_word(const struct efi_reader *r, uint64_t gva)
{
    uint8_t raw[8];
    return r->read(r->self, gva, raw, sizeof raw) ? le64(raw) : 0;
}

static bool has_signature(const struct efi_reader *r, uint64_t gva, uint32_t signature)
{
    return gva != 0 && (gva & 7) == 0 && read_word(r, gva) == signature;
}

bool efi_system_table(const struct efi_reader *r, uint64_t gva, uint64_t *boot)
{
    if ((gva & 7) != 0 || read_word(r, gva) != SYSTEM_TABLE_SIGNATURE)
        return false;
    *boot = read_word(r, gva + SYSTEM_TABLE_BOOT);
    return *boot != 0 && read_word(r, *boot) == BOOT_SERVICES_SIGNATURE;
}

uint64_t efi_service(const struct efi_reader *r, uint64_t boot, enum efi_service s)
{
    return boot != 0 ? read_word(r, boot + (uint64_t)s) : 0;
}

bool efi_event_group(const struct efi_reader *r, uint64_t handle, struct guid *group)
{
    enum { GROUP = 56, FLAGS = 88, IN_GROUP = 1 };
    uint8_t raw[FLAGS + 1];
    if (handle == 0 || !r->read(r->self, handle, raw, sizeof raw) || memcmp(raw, "evnt", 4) != 0 ||
        (raw[FLAGS] & IN_GROUP) == 0)
        return false;
    memcpy(group->b, raw + GROUP, sizeof group->b);
    return true;
}

const uint64_t *efi_protocol(const struct efi_protocols *all, const struct guid *g)
{
    for (size_t i = 0; i < all->nr; i++)
        if (guid_equal(&all->p[i].guid, g))
            return &all->p[i].interface;
    return NULL;
}

static void add_interface(const struct efi_reader *r, uint64_t at, struct efi_protocols *out)
{
    struct guid g;
    const uint64_t entry = read_word(r, at + INTERFACE_ENTRY);
    if (!has_signature(r, entry, ENTRY_SIGNATURE) || !r->read(r->self, entry + ENTRY_GUID, g.b, sizeof g.b) ||
        efi_protocol(out, &g) != NULL)
        return;
    if (out->nr == EFI_PROTOCOLS_MAX) {
        out->protocols_cut = true;
        return;
    }
    out->p[out->nr].guid = g;
    out->p[out->nr++].interface = read_word(r, at + INTERFACE_POINTER);
}

static void add_handle(const struct efi_reader *r, uint64_t handle, struct efi_protocols *out)
{
    const uint64_t head = handle + HANDLE_PROTOCOLS;
    uint64_t link = read_word(r, head);
    for (unsigned i = 0; link != head && link > INTERFACE_LINK; i++) {
        out->interfaces_cut |= i == INTERFACES_MAX;
        if (i == INTERFACES_MAX || !has_signature(r, link - INTERFACE_LINK, INTERFACE_SIGNATURE))
            return;
        add_interface(r, link - INTERFACE_LINK, out);
        link = read_word(r, link);
    }
}

bool efi_protocols_read(const struct efi_reader *r, uint64_t handle, struct efi_protocols *out)
{
    out->nr = 0;
    out->handles_cut = out->interfaces_cut = out->protocols_cut = false;
    if (!has_signature(r, handle, HANDLE_SIGNATURE))
        return false;
    uint64_t link = handle + HANDLE_ALL;
    for (unsigned i = 0; link > HANDLE_ALL && !out->handles_cut; i++) {
        if (has_signature(r, link - HANDLE_ALL, HANDLE_SIGNATURE)) /* else it is the head of the list */
            add_handle(r, link - HANDLE_ALL, out);
        link = read_word(r, link);
        if (link == handle + HANDLE_ALL)
            break;
        out->handles_cut = i + 1 == HANDLES_MAX;
    }
    return true;
}

const char *efi_status_name(uint64_t status)
{
    /* UEFI 2.10, appendix D. */
    static const char *const names[] = {
        NULL,
        "Load Error",
        "Invalid Parameter",
        "Unsupported",
        "Bad Buffer Size",
        "Buffer Too Small",
        "Not Ready",
        "Device Error",
        "Write Protected",
        "Out of Resources",
        "Volume Corrupted",
        "Volume Full",
        "No Media",
        "Media Changed",
        "Not Found",
        "Access Denied",
        "No Response",
        "No Mapping",
        "Timeout",
        "Not Started",
        "Already Started",
        "Aborted",
        "ICMP Error",
        "TFTP Error",
        "Protocol Error",
        "Incompatible Version",
        "Security Violation",
        "CRC Error",
    };
    const uint64_t code = status & ~(1ull << 63);
    if (status == 0)
        return "Success";
    return status >> 63 != 0 && code < sizeof names / sizeof names[0] ? names[code] : NULL;
}
