/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of the decoder share: a log decoded, its verdict in short, its output looked over. */
#ifndef TESTS_UNIT_OOPS_H
#define TESTS_UNIT_OOPS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <unistd.h>

#include "commands/verdict.h"
#include "oops/oops.h"

#define DATA "tests/data/oops"

static struct oops_verdict verdict;

static inline void decode_file(const char *path)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(oops_decode_fd(fd, &verdict), 0);
	close(fd);
}

/* @len bytes in pieces of @piece: the verdict must not depend on how a log arrives. */
static inline void decode_bytes(const void *bytes, size_t len, size_t piece)
{
	struct oops_decoder *d = oops_decoder_new();

	assert_non_null(d);
	for (size_t at = 0; at < len; at += piece)
		oops_decoder_feed(d, (const char *)bytes + at, len - at < piece ? len - at : piece);
	assert_int_equal(oops_decoder_finish(d, &verdict), 0);
	oops_decoder_free(d);
}

static inline void decode_text(const char *text)
{
	decode_bytes(text, strlen(text), 4096);
}

static inline int exit_status(void)
{
	return verdict.answer == OOPS_ANSWER_UNREADABLE ? 2
	       : verdict.answer == OOPS_ANSWER_RACE	? 0
							: 1;
}

/* "0 woken-sleeper imx_rpmsg_tty python[95780] high", "-" for what there is not. */
static inline const char *in_short(void)
{
	static char text[256];
	char process[64] = "-";

	if (verdict.comm[0] && verdict.pid >= 0)
		snprintf(process, sizeof(process), "%s[%ld]", verdict.comm, verdict.pid);
	else if (verdict.comm[0])
		snprintf(process, sizeof(process), "%s", verdict.comm);
	snprintf(text, sizeof(text), "%d %s %s %s %s", exit_status(),
		 oops_variant_name(verdict.variant), verdict.driver[0] ? verdict.driver : "-",
		 process, oops_confidence_name(verdict.confidence));
	return text;
}

static inline char *render(void)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	struct json_object *o = verdict_json(&verdict);

	assert_non_null(f);
	verdict_print(f, &verdict);
	fputs(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), f);
	fclose(f);
	json_object_put(o);
	return text;
}

static inline void assert_clean_output(void)
{
	char *text = render();

	for (const char *c = text; *c; c++)
		if (*c != '\n' && (*c < 0x20 || *c > 0x7e))
			fail_msg("byte 0x%02x in the output", (unsigned char)*c);
	free(text);
}

#endif
