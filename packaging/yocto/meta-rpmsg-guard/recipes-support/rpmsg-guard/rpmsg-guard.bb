SUMMARY = "Safe stops of remote processors while programs use rpmsg"
DESCRIPTION = "A service that holds the stop of a remote processor until no sender is inside an rpmsg \
send, so that the stop does not panic the kernel."
SECTION = "base"

require rpmsg-guard-release.inc

DEPENDS = "elfutils json-c libbpf libinih zlib"

# What glibc has and musl has not: argp, fts and sys/queue.h.
DEPENDS:append:libc-musl = " argp-standalone bsd-headers fts"

COMPATIBLE_HOST = "(aarch64|arm|x86_64).*-linux"

inherit bash-completion systemd update-rc.d

SYSTEMD_SERVICE:${PN} = "rpmsg-guard.service"
INITSCRIPT_NAME = "rpmsg-guard"
INITSCRIPT_PARAMS = "start 30 S . stop 70 0 1 6 ."

# The archive has the BPF programs, compiled: no clang. Paths are mapped by the flags of the distribution.
EXTRA_OEMAKE = "ARCH=${TARGET_ARCH} NO_PATHS= PREFIX=${prefix} SBINDIR=${sbindir} MANDIR=${mandir} \
    SYSCONFDIR=${sysconfdir} UNITDIR=${systemd_system_unitdir}"

do_compile() {
    oe_runmake
}

do_install() {
    oe_runmake install DESTDIR=${D}
    if ${@bb.utils.contains('DISTRO_FEATURES', 'sysvinit', 'true', 'false', d)}; then
        install -D -m 0755 packaging/busybox/S30rpmsg-guard ${D}${sysconfdir}/init.d/rpmsg-guard
    fi
}

CONFFILES:${PN} = "${sysconfdir}/rpmsg-guard.conf"
FILES:${PN} += "${systemd_system_unitdir} ${nonarch_libdir}/systemd/catalog"
PACKAGES =+ "${PN}-zsh-completion ${PN}-fish-completion"
FILES:${PN}-zsh-completion = "${datadir}/zsh"
FILES:${PN}-fish-completion = "${datadir}/fish"
