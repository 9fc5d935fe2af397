/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Privileges, files and resources: all but the system calls themselves. */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cage/internal.h"

int cage_drop_privileges(const struct cage_setup *s)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct none[2] = {{0}};
    (void)s;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || syscall(SYS_capset, &head, none) != 0)
        return errno;
    return 0;
}

/* --- Landlock, by hand: the headers of Debian 12 know only its beginnings. Linux: include/uapi/linux/landlock.h */

struct ruleset {
    uint64_t fs, net, scoped;
};
#define LANDLOCK_VERSION 1u
/* The rights that each version of the interface knows, all of which are taken away. */
static const struct ruleset rights_of[] = {
    {(1u << 13) - 1, 0, 0}, {(1u << 14) - 1, 0, 0}, {(1u << 15) - 1, 0, 0},
    {(1u << 15) - 1, 3, 0}, {(1u << 16) - 1, 3, 0}, {(1u << 16) - 1, 3, 3},
};
#define VERSIONS (sizeof rights_of / sizeof rights_of[0])

int cage_close_files(const struct cage_setup *s)
{
    (void)s;
    const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION);
    if (abi < 1)
        return errno;
    const size_t version = (size_t)abi < VERSIONS ? (size_t)abi : VERSIONS;
    const struct ruleset *r = &rights_of[version - 1];
    /* An older kernel wants the members that it does not know to be left out. */
    const size_t size = version >= 6 ? sizeof *r : version >= 4 ? 2 * sizeof r->fs : sizeof r->fs;
    const int fd = (int)syscall(SYS_landlock_create_ruleset, r, size, 0);
    if (fd < 0)
        return errno;
    const int error = syscall(SYS_landlock_restrict_self, fd, 0) != 0 ? errno : 0;
    (void)close(fd);
    return error;
}

/* --- resources */

/* Never more than it was: a limit of the user's stays. */
static int limit(__rlimit_resource_t what, uint64_t soft, uint64_t hard)
{
    struct rlimit l;
    if (getrlimit(what, &l) != 0)
        return errno;
    l.rlim_max = hard < l.rlim_max ? hard : l.rlim_max;
    l.rlim_cur = soft < l.rlim_cur ? soft : l.rlim_cur;
    l.rlim_cur = l.rlim_cur < l.rlim_max ? l.rlim_cur : l.rlim_max;
    return setrlimit(what, &l) != 0 ? errno : 0;
}

#define GRACE 5u /* seconds between SIGXCPU and SIGKILL */

#ifdef __SANITIZE_ADDRESS__ /* which has reserved most of the address space */
static int limit_address_space(uint64_t more)
{
    (void)more;
    return 0;
}
#else
static uint64_t address_space_now(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f == NULL || fscanf(f, "%lu", &pages) != 1)
        pages = 0;
    if (f != NULL)
        (void)fclose(f);
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int limit_address_space(uint64_t more)
{
    const uint64_t now = address_space_now();
    return now != 0 ? limit(RLIMIT_AS, now + more, now + more) : ENOENT;
}
#endif

int cage_limit_resources(const struct cage_setup *s)
{
    int error = limit(RLIMIT_CORE, 0, 0);
    if (error == 0 && s->cpu_seconds != 0)
        error = limit(RLIMIT_CPU, s->cpu_seconds, s->cpu_seconds + GRACE);
    if (error == 0 && s->file_bytes != 0)
        error = limit(RLIMIT_FSIZE, s->file_bytes, s->file_bytes);
    if (error == 0 && s->address_space != 0)
        error = limit_address_space(s->address_space);
    return error;
}
