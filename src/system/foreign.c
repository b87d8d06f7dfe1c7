// SPDX-License-Identifier: GPL-2.0-only
/* A table of identities; what drops out of it is asked again. */
#include "system/foreign.h"

#include <stdatomic.h>
#include <string.h>

#define KNOWN_MAX 1024

/* Each identity has two places, so that hardly any two keep putting each other out. */
static _Atomic(uint64_t) known[KNOWN_MAX];

static _Atomic(uint64_t) *place(uint64_t identity, bool second)
{
	return &known[(second ? identity >> 32 : identity) % KNOWN_MAX];
}

bool foreign_is_known(const struct folder_entry *e)
{
	return atomic_load(place(e->identity, false)) == e->identity ||
	       atomic_load(place(e->identity, true)) == e->identity;
}

void foreign_remember(const struct folder_entry *e)
{
	_Atomic(uint64_t) *first = place(e->identity, false);

	atomic_store(atomic_load(first) ? place(e->identity, true) : first, e->identity);
}

bool foreign_may_be_owned(const char *device)
{
	return strstr(device, "/remoteproc");
}
