# SPDX-License-Identifier: GPL-2.0-only
# What a test VM runs: case.sh GUARD. GUARD is 1 for the side with the guard, 0 for the one without.
# shellcheck disable=SC2034,SC1091 # for those that are sourced, in the VM
GUARD=$1
. /test/lib.sh
. /test/scenario.sh
