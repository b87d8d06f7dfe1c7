SUMMARY = "The module rpmsg_guard_allow, which level override of rpmsg-guard needs"
DESCRIPTION = "Lists the functions of rpmsg and remoteproc whose result a BPF program may decide. No code."
SECTION = "kernel"

# The archive has the name of the service.
BPN = "rpmsg-guard"
require recipes-support/rpmsg-guard/rpmsg-guard-release.inc

inherit module

EXTRA_OEMAKE += "-C kmod"
MODULES_MODULE_SYMVERS_LOCATION = "kmod"

