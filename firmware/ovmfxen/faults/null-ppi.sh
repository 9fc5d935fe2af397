# SPDX-License-Identifier: GPL-2.0-or-later
# A PEIM calls through a PPI that nobody has installed yet: it does not wait to be notified, and LocatePpi's status is not
# looked at. Class: edk2 issue 11046, 0b633b1494. Page 0 is RAM in a guest, so the read of the pointer faults nowhere.
modules=OvmfPkg/XenPlatformPei/XenPlatformPei.inf
edit() {
    change OvmfPkg/XenPlatformPei/ClearCache.c \
        '/^InstallClearCacheCallback/,$s/^  EFI_STATUS +Status;/&\n  UINTN Self;\n  EFI_PEI_MP_SERVICES_PPI *Mp = NULL;/' \
        's/^  Status = PeiServicesNotifyPpi .*/  PeiServicesLocatePpi (\&gEfiPeiMpServicesPpiGuid, 0, NULL, (VOID **)\&Mp);\n  Status = Mp->WhoAmI (NULL, Mp, \&Self);/'
}
