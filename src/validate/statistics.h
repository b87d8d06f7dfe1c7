/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What so many unsafe cycles out of so many say about the rate: exact (Clopper-Pearson) bounds of a
 * binomial proportion. They take the cycles for independent of each other and alike.
 */
#ifndef RPMSG_GUARD_VALIDATE_STATISTICS_H
#define RPMSG_GUARD_VALIDATE_STATISTICS_H

struct rate_bounds {
	double lower, upper; /* between 0 and 1 */
};

/*
 * With 95 % confidence the rate lies within these, after @seen unsafe cycles out of @cycles. When none
 * was seen the whole 5 % are on the upper side, which is near 3 / @cycles: the rule of three; when
 * all were, on the lower. After no cycle at all everything is possible.
 */
struct rate_bounds rate_bounds_95(unsigned int seen, unsigned int cycles);

#endif
