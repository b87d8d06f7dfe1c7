/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pass of a caller that removes a driver's module, as a model for spin: the kernel side uses it
 * (use_pass() in bpf/removal.bpf.h), and the threads of two remote processors ask whether the call is going
 * on (is_removing() in src/rproc/unbind.c). Each makes an unused pass void when the caller is late. Whoever
 * hears that the call is over opens the gate again; from then on nothing may be torn down with this pass.
 * tests/model/run says which switches there are and what each must come to.
 *
 * How the caller is stopped and continued is parked.pml's, which remote processors are held, unbind.pml's.
 */
bool pass = true; /* the entry in the map "removals" */
bool inside;	  /* the record in the map "inside_removal" */
bool in_call;	  /* the body of delete_module() runs */
byte over;	  /* threads for which the call has ended */

proctype caller()
{
	bool used;

	if
	:: pass ->
#ifdef PASS_FIRST
		atomic { used = pass; pass = false };
		inside = true;
#else
		inside = true;
		/* The deletion of an element of a map says whether it was there. */
		atomic { used = pass; pass = false };
#endif
		if
		:: used ->
			in_call = true;
#ifdef REACH_CALL
			assert(false);
#endif
			assert(!over);
			in_call = false;
			inside = false
		/* Made void at this very moment: it is turned back once more. */
		:: else -> inside = false
		fi
	:: !pass
	fi
}

proctype part()
{
	bool revoked;

	do
	:: true ->
#ifdef INSIDE_FIRST
		if
		:: inside -> goto again
		:: else
		fi;
#endif
		if
		:: pass ->
			if
			:: true -> goto again /* it has time yet */
			:: true -> skip
			fi;
#ifdef REVOKE_BLINDLY
			revoked = true;
			pass = false;
#else
			atomic { revoked = pass; pass = false };
#endif
			if
			:: revoked -> break
			:: else
			fi
		:: else
		fi;
#ifndef INSIDE_FIRST
		if
		:: inside
		:: else -> break
		fi;
#else
		break;
#endif
again:		skip
	od;
	atomic {
		over++;
		assert(!in_call)
	}
}

init
{
	atomic {
		run caller();
		run part();
		run part()
	}
}
