# SPDX-License-Identifier: GPL-2.0-only
# Included by the Makefile at the root: where everything goes on the machine. Each folder can be given; DESTDIR
# comes before all of them.

PREFIX ?= /usr/local
SBINDIR ?= $(PREFIX)/sbin
MANDIR ?= $(PREFIX)/share/man
SYSCONFDIR ?= /etc
UNITDIR ?= $(PREFIX)/lib/systemd/system
CATALOGDIR ?= $(PREFIX)/lib/systemd/catalog
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d

# What is installed as it is: from:to. Manual pages and completions are installed where they are made.
CATALOG := packaging/systemd/rpmsg-guard.catalog
PAGES := $(notdir $(wildcard $(DOCS)/man/*.[58]))
AS_IT_IS = $(foreach p,$(PAGES),$(DOCS)/man/$(p):$(MANDIR)/man$(subst .,,$(suffix $(p)))/$(p)) \
	$(foreach c,$(wildcard $(CATALOG)),$(c):$(CATALOGDIR)/$(notdir $(c))) \
	$(foreach s,bash:$(BASHDIR)/rpmsg-guard zsh:$(ZSHDIR)/_rpmsg-guard fish:$(FISHDIR)/rpmsg-guard.fish, \
	$(if $(wildcard $(DOCS)/completions/$(firstword $(subst :, ,$(s)))),$(DOCS)/completions/$(s)))

install: $(B)/rpmsg-guard
	install -D -m 755 $< $(DESTDIR)$(SBINDIR)/rpmsg-guard
	[ -e $(DESTDIR)$(SYSCONFDIR)/rpmsg-guard.conf ] || \
		install -D -m 644 packaging/rpmsg-guard.conf $(DESTDIR)$(SYSCONFDIR)/rpmsg-guard.conf
	install -d $(DESTDIR)$(UNITDIR)
	sed 's|@SBINDIR@|$(SBINDIR)|' packaging/systemd/rpmsg-guard.service | \
		install -m 644 /dev/stdin $(DESTDIR)$(UNITDIR)/rpmsg-guard.service
	set -e; for file in $(AS_IT_IS); do \
		install -D -m 644 $${file%%:*} $(DESTDIR)$${file#*:}; \
	done

# The configuration is the user's, and stays. Not by AS_IT_IS: after "make clean" it names less than was installed.
uninstall:
	rm -f $(DESTDIR)$(SBINDIR)/rpmsg-guard $(DESTDIR)$(UNITDIR)/rpmsg-guard.service \
		$(DESTDIR)$(CATALOGDIR)/rpmsg-guard.catalog $(DESTDIR)$(MANDIR)/man[58]/rpmsg-guard*.[58] \
		$(DESTDIR)$(BASHDIR)/rpmsg-guard $(DESTDIR)$(ZSHDIR)/_rpmsg-guard \
		$(DESTDIR)$(FISHDIR)/rpmsg-guard.fish

.PHONY: install uninstall
