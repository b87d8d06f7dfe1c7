################################################################################
#
# rpmsg-guard
#
################################################################################

RPMSG_GUARD_VERSION = @VERSION@
RPMSG_GUARD_SOURCE = rpmsg-guard-$(RPMSG_GUARD_VERSION).tar.xz
RPMSG_GUARD_SITE = $(BR2_EXTERNAL_RPMSG_GUARD_PATH)/dl
RPMSG_GUARD_SITE_METHOD = file
RPMSG_GUARD_LICENSE = GPL-2.0
RPMSG_GUARD_LICENSE_FILES = LICENSE
RPMSG_GUARD_DEPENDENCIES = elfutils inih json-c libbpf zlib \
	$(if $(BR2_TOOLCHAIN_USES_MUSL),argp-standalone musl-fts)

# The archive has the BPF programs, compiled: no clang.
RPMSG_GUARD_MAKE_OPTS = ARCH=$(KERNEL_ARCH) PREFIX=/usr

define RPMSG_GUARD_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(TARGET_CONFIGURE_OPTS) $(MAKE) -C $(@D) $(RPMSG_GUARD_MAKE_OPTS)
endef

define RPMSG_GUARD_INSTALL_TARGET_CMDS
	$(TARGET_MAKE_ENV) $(TARGET_CONFIGURE_OPTS) $(MAKE) -C $(@D) $(RPMSG_GUARD_MAKE_OPTS) \
		DESTDIR=$(TARGET_DIR) install
endef

define RPMSG_GUARD_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 0755 $(@D)/packaging/busybox/S30rpmsg-guard $(TARGET_DIR)/etc/init.d/S30rpmsg-guard
endef

# A level takes what those below it take.
RPMSG_GUARD_LEVELS = $(if $(BR2_PACKAGE_RPMSG_GUARD_OVERRIDE),userspace observe override) \
	$(if $(BR2_PACKAGE_RPMSG_GUARD_OBSERVE),userspace observe) \
	$(if $(BR2_PACKAGE_RPMSG_GUARD_USERSPACE),userspace)
RPMSG_GUARD_KERNEL_OPTIONS = $(shell sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=y$$/\1/p' \
	$(RPMSG_GUARD_LEVELS:%=$(BR2_EXTERNAL_RPMSG_GUARD_PATH)/linux/%.cfg) /dev/null)

define RPMSG_GUARD_LINUX_CONFIG_FIXUPS
	$(foreach option,$(RPMSG_GUARD_KERNEL_OPTIONS),$(call KCONFIG_ENABLE_OPT,$(option))$(sep))
endef

ifeq ($(BR2_PACKAGE_RPMSG_GUARD_OVERRIDE),y)
RPMSG_GUARD_MODULE_SUBDIRS = kmod
$(eval $(kernel-module))
endif

$(eval $(generic-package))
