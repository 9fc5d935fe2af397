/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layout/xlkeys.h"

#include <stdlib.h>
#include <string.h>

#include "layout/keys.h"

const struct xl_key xl_keys[] = {
    {"acpi", KEY_HONOURED, NULL},
    {"acpi_firmware", KEY_NOT_HERE, "the tables of that file are not loaded"},
    {"acpi_laptop_slate", KEY_NOT_HERE, "the SSDT for it is not there"},
    {"acpi_s3", KEY_HONOURED, NULL},
    {"acpi_s4", KEY_HONOURED, NULL},
    {"altp2m", KEY_HONOURED, NULL},
    {"altp2m_count", KEY_TOOLSTACK, NULL},
    {"altp2mhvm", KEY_HONOURED, NULL},
    {"apic", KEY_HONOURED, NULL},
    {"arm_sci", KEY_TOOLSTACK, NULL},
    {"bios", KEY_HONOURED, NULL},
    {"bios_path_override", KEY_TOOLSTACK, NULL},
    {"boot", KEY_TOOLSTACK, NULL},
    {"bootloader", KEY_TOOLSTACK, NULL},
    {"bootloader_args", KEY_TOOLSTACK, NULL},
    {"bootloader_restrict", KEY_TOOLSTACK, NULL},
    {"bootloader_user", KEY_TOOLSTACK, NULL},
    {"builder", KEY_HONOURED, NULL},
    {"cap", KEY_TOOLSTACK, NULL},
    {"channel", KEY_TOOLSTACK, NULL},
    {"cmdline", KEY_TOOLSTACK, NULL},
    {"cpu_weight", KEY_TOOLSTACK, NULL},
    {"cpuid", KEY_HONOURED, NULL},
    {"cpus", KEY_TOOLSTACK, NULL},
    {"cpus_soft", KEY_TOOLSTACK, NULL},
    {"device_model", KEY_TOOLSTACK, NULL},
    {"device_model_args", KEY_TOOLSTACK, NULL},
    {"device_model_args_hvm", KEY_TOOLSTACK, NULL},
    {"device_model_args_pv", KEY_TOOLSTACK, NULL},
    {"device_model_override", KEY_TOOLSTACK, NULL},
    {"device_model_stubdomain_override", KEY_TOOLSTACK, NULL},
    {"device_model_stubdomain_seclabel", KEY_TOOLSTACK, NULL},
    {"device_model_user", KEY_TOOLSTACK, NULL},
    {"device_model_version", KEY_HONOURED, NULL},
    {"device_tree", KEY_TOOLSTACK, NULL},
    {"disk", KEY_HONOURED, NULL},
    {"display", KEY_TOOLSTACK, NULL},
    {"dm_restrict", KEY_TOOLSTACK, NULL},
    {"driver_domain", KEY_TOOLSTACK, NULL},
    {"dtdev", KEY_TOOLSTACK, NULL},
    {"e820_host", KEY_TOOLSTACK, NULL},
    {"extra", KEY_TOOLSTACK, NULL},
    {"extratime", KEY_TOOLSTACK, NULL},
    {"firmware", KEY_HONOURED, NULL},
    {"firmware_override", KEY_TOOLSTACK, NULL},
    {"gfx_passthru", KEY_HONOURED, NULL},
    {"gic_version", KEY_TOOLSTACK, NULL},
    {"hap", KEY_HONOURED, NULL},
    {"hdtype", KEY_HONOURED, NULL},
    {"hpet", KEY_HONOURED, NULL},
    {"hvm_pirq", KEY_TOOLSTACK, NULL},
    {"init_seclabel", KEY_TOOLSTACK, NULL},
    {"iomem", KEY_NOT_HERE, "the host's memory is not there"},
    {"ioports", KEY_NOT_HERE, "the host's ports are not there"},
    {"irqs", KEY_TOOLSTACK, NULL},
    {"kernel", KEY_TOOLSTACK, NULL},
    {"keymap", KEY_TOOLSTACK, NULL},
    {"latency", KEY_TOOLSTACK, NULL},
    {"llc_colors", KEY_TOOLSTACK, NULL},
    {"localtime", KEY_TOOLSTACK, NULL},
    {"max_event_channels", KEY_TOOLSTACK, NULL},
    {"max_grant_frames", KEY_TOOLSTACK, NULL},
    {"max_grant_version", KEY_TOOLSTACK, NULL},
    {"max_maptrack_frames", KEY_TOOLSTACK, NULL},
    {"maxmem", KEY_HONOURED, NULL},
    {"maxvcpus", KEY_HONOURED, NULL},
    {"mca_caps", KEY_NOT_HERE, "there is no machine check"},
    {"memory", KEY_HONOURED, NULL},
    {"mmio_hole", KEY_HONOURED, NULL},
    {"ms_vm_genid", KEY_HONOURED, NULL},
    {"msr_relaxed", KEY_NOT_HERE, "an MSR that nobody knows is #GP"},
    {"name", KEY_TOOLSTACK, NULL},
    {"nestedhvm", KEY_HONOURED, NULL},
    {"nographic", KEY_TOOLSTACK, NULL},
    {"nomigrate", KEY_HONOURED, NULL},
    {"nr_spis", KEY_TOOLSTACK, NULL},
    {"nx", KEY_TOOLSTACK, NULL},
    {"on_crash", KEY_TOOLSTACK, NULL},
    {"on_poweroff", KEY_TOOLSTACK, NULL},
    {"on_reboot", KEY_TOOLSTACK, NULL},
    {"on_soft_reset", KEY_TOOLSTACK, NULL},
    {"on_watchdog", KEY_TOOLSTACK, NULL},
    {"on_xend_start", KEY_TOOLSTACK, NULL},
    {"on_xend_stop", KEY_TOOLSTACK, NULL},
    {"oos", KEY_TOOLSTACK, NULL},
    {"opengl", KEY_TOOLSTACK, NULL},
    {"p9", KEY_TOOLSTACK, NULL},
    {"pae", KEY_HONOURED, NULL},
    {"passthrough", KEY_TOOLSTACK, NULL},
    {"pci", KEY_HONOURED, NULL},
    {"pci_msitranslate", KEY_TOOLSTACK, NULL},
    {"pci_permissive", KEY_TOOLSTACK, NULL},
    {"pci_power_mgmt", KEY_TOOLSTACK, NULL},
    {"pci_seize", KEY_TOOLSTACK, NULL},
    {"period", KEY_TOOLSTACK, NULL},
    {"pool", KEY_TOOLSTACK, NULL},
    {"pvcalls", KEY_TOOLSTACK, NULL},
    {"pvshim", KEY_HONOURED, NULL},
    {"pvshim_cmdline", KEY_TOOLSTACK, NULL},
    {"pvshim_extra", KEY_TOOLSTACK, NULL},
    {"pvshim_path", KEY_TOOLSTACK, NULL},
    {"ramdisk", KEY_TOOLSTACK, NULL},
    {"rdm", KEY_HONOURED, NULL},
    {"rdm_mem_boundary", KEY_HONOURED, NULL},
    {"root", KEY_TOOLSTACK, NULL},
    {"rtc_timeoffset", KEY_TOOLSTACK, NULL},
    {"sdl", KEY_TOOLSTACK, NULL},
    {"seclabel", KEY_TOOLSTACK, NULL},
    {"serial", KEY_NOT_HERE, "there is no serial port"},
    {"shadow_memory", KEY_TOOLSTACK, NULL},
    {"slice", KEY_TOOLSTACK, NULL},
    {"smbios", KEY_NOT_HERE, "the SMBIOS tables keep Xen's own strings"},
    {"smbios_firmware", KEY_NOT_HERE, "the tables of that file are not loaded"},
    {"soundhw", KEY_NOT_HERE, "there is no sound card"},
    {"spice", KEY_TOOLSTACK, NULL},
    {"spice_clipboard_sharing", KEY_TOOLSTACK, NULL},
    {"spice_image_compression", KEY_TOOLSTACK, NULL},
    {"spice_streaming_video", KEY_TOOLSTACK, NULL},
    {"spiceagent_mouse", KEY_TOOLSTACK, NULL},
    {"spicedisable_ticketing", KEY_TOOLSTACK, NULL},
    {"spicehost", KEY_TOOLSTACK, NULL},
    {"spicepasswd", KEY_TOOLSTACK, NULL},
    {"spiceport", KEY_TOOLSTACK, NULL},
    {"spicetls_port", KEY_TOOLSTACK, NULL},
    {"spiceusbredirection", KEY_NOT_HERE, "there is no such USB controller"},
    {"spicevdagent", KEY_TOOLSTACK, NULL},
    {"stdvga", KEY_HONOURED, NULL},
    {"stubdomain_cmdline", KEY_TOOLSTACK, NULL},
    {"stubdomain_kernel", KEY_TOOLSTACK, NULL},
    {"stubdomain_memory", KEY_TOOLSTACK, NULL},
    {"stubdomain_ramdisk", KEY_TOOLSTACK, NULL},
    {"sve", KEY_TOOLSTACK, NULL},
    {"tee", KEY_TOOLSTACK, NULL},
    {"timer_mode", KEY_HONOURED, NULL},
    {"trap_unmapped_accesses", KEY_TOOLSTACK, NULL},
    {"tsc_mode", KEY_HONOURED, NULL},
    {"type", KEY_HONOURED, NULL},
    {"usb", KEY_HONOURED, NULL},
    {"usbctrl", KEY_NOT_HERE, "there is no such USB controller"},
    {"usbdev", KEY_TOOLSTACK, NULL},
    {"usbdevice", KEY_HONOURED, NULL},
    {"usbversion", KEY_NOT_HERE, "there is no such USB controller"},
    {"uuid", KEY_TOOLSTACK, NULL},
    {"vcpus", KEY_HONOURED, NULL},
    {"vdispl", KEY_TOOLSTACK, NULL},
    {"vendor_device", KEY_NOT_HERE, "that PCI device is not there"},
    {"vfb", KEY_TOOLSTACK, NULL},
    {"vga", KEY_HONOURED, NULL},
    {"videoram", KEY_HONOURED, NULL},
    {"vif", KEY_HONOURED, NULL},
    {"vif2", KEY_TOOLSTACK, NULL},
    {"viridian", KEY_HONOURED, NULL},
    {"virtio", KEY_TOOLSTACK, NULL},
    {"vkb", KEY_TOOLSTACK, NULL},
    {"vkb_device", KEY_TOOLSTACK, NULL},
    {"vmtrace_buf_kb", KEY_TOOLSTACK, NULL},
    {"vnc", KEY_TOOLSTACK, NULL},
    {"vncdisplay", KEY_TOOLSTACK, NULL},
    {"vnclisten", KEY_TOOLSTACK, NULL},
    {"vncpasswd", KEY_TOOLSTACK, NULL},
    {"vncunused", KEY_TOOLSTACK, NULL},
    {"vncviewer", KEY_TOOLSTACK, NULL},
    {"vnuma", KEY_NOT_HERE, "there is one node: no SRAT, no SLIT, and get_vnumainfo finds none"},
    {"vpmu", KEY_NOT_HERE, "there is no performance monitoring"},
    {"vpt_align", KEY_HONOURED, NULL},
    {"vsnd", KEY_TOOLSTACK, NULL},
    {"vtpm", KEY_TOOLSTACK, NULL},
    {"vuart", KEY_TOOLSTACK, NULL},
    {"xauthority", KEY_TOOLSTACK, NULL},
    {"xen_platform_pci", KEY_HONOURED, NULL},
    {"xen_platform_pci_bar_uc", KEY_NOT_HERE, NULL},
    {"xend_suspend_evtchn_compat", KEY_TOOLSTACK, NULL},
    {"xenstore_feature_mask", KEY_TOOLSTACK, NULL},
    {"xenstore_quota", KEY_TOOLSTACK, NULL},
};
const size_t nr_xl_keys = sizeof xl_keys / sizeof xl_keys[0];

/* What libxl passes on to a kernel: a PVH guest's firmware is that kernel. */
static const char *const pvh_not_here[] = {"cmdline", "extra", "ramdisk", "root"};

static int compare(const void *name, const void *key)
{
    return strcmp(name, ((const struct xl_key *)key)->name);
}

const struct xl_key *xl_key_find(const char *name)
{
    return bsearch(name, xl_keys, nr_xl_keys, sizeof xl_keys[0], compare);
}

static void note_key(struct draft *t, const char *name)
{
    const struct xl_key *k = xl_key_find(name);
    if (k == NULL) {
        const unsigned before = t->at.nr_notes;
        draft_note(t, name, "xl knows no key %s and passes over it; correct or remove it", name);
        if (t->at.nr_notes != before)
            t->at.note[before].unknown = true;
        return;
    }
    if (k->fate == KEY_NOT_HERE && k->why != NULL && draft_given(t, name))
        draft_note(t, name, "%s: %s", name, k->why);
    for (size_t i = 0; i < sizeof pvh_not_here / sizeof pvh_not_here[0] && t->l.type == GUEST_PVH; i++)
        if (strcmp(pvh_not_here[i], name) == 0 && draft_given(t, name))
            draft_note(t, name, "%s: the start info has no command line and no modules", name);
}

void xl_keys_note(struct draft *t)
{
    char name[64];
    unsigned line;
    size_t at = 0;
    while (cfg_next_key(t->f, &at, &line, name, sizeof name))
        /* Of a key given twice the last counts. */
        if (strncmp(name, "bed_", 4) != 0 && cfg_line(t->f, name) == line)
            note_key(t, name);
}
