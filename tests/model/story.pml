/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a remote processor is brought down and up by callers that come at once, as a model for spin:
 * its thread (src/rproc/story.c, bring_down.c), which lets one caller go at a time, and the probe
 * at rproc_shutdown() (bpf/shutdown.bpf.h, level "override"). tests/model/run says which switches
 * there are and what each must come to. Drivers whose "unbind" concerns more than one are in
 * unbind.pml.
 *
 * A caller opens a file, and the event loop posts it into the inbox of the thread. The caller
 * waits in its open until it is answered. Then it writes "stop", "start", or nothing, and closes
 * the file; the close is told some time later. The caller may be killed while it waits, and it may
 * be so slow that the thread does not wait any longer (-DLATES). With -DOUTSIDER one more caller
 * stops it through a descriptor of long ago. Nobody can hold such an open: the probe turns the
 * call back, and the caller is parked until the thread continues it. How it is parked is
 * parked.pml's.
 *
 * The kernel: rproc_boot() and rproc_shutdown() take the lock of the remote processor. The probe
 * comes before the lock. It is one step here; the code has a barrier behind a withdrawal for that.
 * Without the probe (-DNO_PROBE) every call passes. With -DREPLACED the number is given to another
 * remote processor once, at any moment.
 *
 * Known limits, which the checks leave out:
 * - Two callers with descriptors of long ago are in rproc_shutdown() together, in the turn of a
 *   caller that writes "start": the first takes it down, the caller boots it, the second takes it
 *   down again. So there is one outsider at most. A caller whose turn is over before it makes its
 *   call is another.
 * - A boot past our files, from inside the kernel, comes between the probe and the lock of a second
 *   stop that was let in. So nobody boots here but callers of the files.
 */
#ifndef CALLERS
#define CALLERS 2 /* with the outsider, who is the last */
#endif
#ifndef OPENS
#define OPENS 1 /* of each caller */
#endif
#ifndef OPENS1
#define OPENS1 OPENS /* of the second one */
#endif
#ifndef KILLS
#define KILLS 1 /* of callers that wait in their open */
#endif
#ifndef LATES
#define LATES 0 /* callers that the thread does not wait for any longer */
#endif
#ifndef REFUSALS
#define REFUSALS 1 /* holds that are refused, or cancelled by a second signal */
#endif

/* The service. */
chan inbox = [CALLERS] of { byte };
byte opens; /* descriptors of the caller that was let go, and not known to be closed */
byte turn;  /* 1 + the caller whose open was answered */
byte kills = KILLS, lates = LATES, refusals = REFUSALS;

#include "callers.pml"

/* ---- the thread of the remote processor ---- */

#define GONE (my_gen != gen)
#define IS_WRITING (writing[c] && !parked[c])

/* let_go_first(): counted first, because the close may be told before the answer has returned. */
inline let_go()
{
	atomic {
		turn = c + 1;
		opens = 1;
		if
		:: dead[c]
		:: else -> answer[c] = YES
		fi
	}
}

/* The turn is over, and @c may have a write to come yet. */
inline leave_behind()
{
	late[c] = in_open[c] || fds[c] > 0
}

inline give_pass(i)
{
	pass[i] = true;
	parked[i] = false
}

/* is_over() and start_is_over(): the write of @c is over, or will not come any more. */
inline wait_for_end()
{
	past_open = false;
	do
	/* Whoever did it. */
	:: atomic { GONE || (holds && !up) -> leave_behind(); break }
	/*
	 * It was let go to a start, and has written "stop"; or what it was held for went
	 * meanwhile.
	 */
	:: atomic { parked[c] -> late[c] = true; break }
	/* let_go_has_closed(): behind its open, what it does not have it has closed. */
	:: !past_open && !in_open[c] -> past_open = true
#ifdef NO_PAST_OPEN
	:: !IS_WRITING && fds[c] == 0 && opens == 0 -> break
#else
	:: past_open && !IS_WRITING && fds[c] == 0 && opens == 0 -> break
#endif
#ifdef TWO_PASSES
	:: holds && released && parked[0] -> give_pass(0)
	:: holds && released && parked[1] -> give_pass(1)
#if CALLERS > 2
	:: holds && released && parked[2] -> give_pass(2)
#endif
#endif
#ifndef NO_AGAIN
	:: inbox??[eval(c)] ->
		if
#ifdef NO_LOOK_AT_FDS
		:: true ->
#else
		:: fds[c] == 0 -> break /* closed, and not told yet */
		:: fds[c] > 0 ->
#endif
			atomic { inbox??eval(c); opens++; answer[c] = YES; past_open = false }
		fi
#endif
	/* write_timeout, or 500 ms with nothing to tear down. */
	:: atomic { lates > 0 && sleeping[c] -> lates--; late[c] = true; break }
	:: dead[c] -> break
#ifdef NEXT_AT_ONCE
	:: atomic { !holds && answer[c] == YES -> late[c] = true; break }
#endif
	od
}

/*
 * kside_gate_release(). A release must not be left to the next remote processor that boots: it
 * fails when the gate was torn down, or opened, since it was closed for the hold.
 */
inline release()
{
#ifndef NO_PROBE
#ifdef RELEASE_BLINDLY
	if
	:: GONE -> skip
	:: else -> released = true
	fi
#else
	atomic {
		if
		:: held && !torn -> released = true
		:: else
		fi
	}
#endif
#else
	skip
#endif
}

/* parked_callers_revoke() */
inline revoke()
{
	atomic {
		pass[0] = false;
		pass[1] = false;
#if CALLERS > 2
		pass[2] = false
#endif
	}
}

#ifdef NO_RECORD
#define IS_INSIDE false
#else
#define IS_INSIDE ANY(inside)
#endif

/*
 * The end of a turn. While it is up, withdraw_release(): when a caller has come in before the
 * release was taken back, the release is given again, and the turn goes on (@still). When it is
 * down, wait_until_outside(): nobody may wait for the lock behind the next boot.
 *
 * account_up(): it counts as up (@counts_up) by a look behind that. Whoever was inside at the look before
 * may have taken it down since.
 */
inline withdraw()
{
	still = false;
#ifndef NO_PROBE
	is_up = up;
	if
	:: holds && is_up && !GONE ->
#ifdef LOOK_BEFORE_REVOKE
		still = IS_INSIDE;
		released = false;
		revoke();
#else
		released = false;
		revoke();
		still = IS_INSIDE;
#endif
		if
		:: still -> release()
		:: else ->
#ifndef STATE_BEFORE
			is_up = up;
#endif
			counts_up = is_up && !GONE
		fi
	:: else -> !IS_INSIDE || GONE
	fi
#endif
}

inline end_turn()
{
	atomic {
#ifndef NO_COUNT_CHECK
		assert(!counts_up || up || GONE);
#endif
		if
		:: GONE -> my_gen = gen
		:: !GONE && up && holds -> open_gate()
		:: else
		fi;
		turn = 0;
		opens = 0;
		c = 0;
		holds = false;
		still = false;
		is_up = false;
		counts_up = false
	}
}

/*
 * From held_begin() to release(). A pass that was given for the hold before, and was not used,
 * must not be good for this hold, which is not complete yet: it is revoked before the gate is
 * closed. The hold is complete some time later, if nothing was torn down or booted meanwhile.
 */
inline hold_it()
{
#if !defined(KEEP_PASSES) && !defined(NO_PROBE)
	revoke();
#endif
	atomic {
		if
		:: GONE
		:: !GONE -> closed = true; held = false; torn = false; released = false
		fi
	};
	atomic {
		if
		:: !GONE && closed && !torn -> held = true
		:: else
		fi
	};
	release()
}


inline caller_turn()
{
	if
	:: of_gen[c] != my_gen || GONE ->
		/*
		 * Of one that has gone, before us or just now: the kernel refuses what it writes.
		 */
		let_go();
		wait_for_end();
		goto done
	:: else
	fi;
	holds = up;
	if
	:: holds ->
		if
		:: hold_it(); let_go()
		:: atomic { refusals > 0 -> refusals-- };
			/* waiting_refuse_all(): "no" to all who came until now. */
			atomic {
				answer[c] = NO;
				do
				:: len(inbox) > 0 -> inbox?c; answer[c] = NO
				:: len(inbox) == 0 -> break
				od
			};
			goto done
		:: dead[c] -> goto done
		fi
	:: else ->
		/* let_start(): nobody is released. */
		atomic { open_gate() };
#ifdef RELEASE_DOWN
		released = true;
#endif
		let_go()
	fi;
	do
	:: wait_for_end();
		withdraw();
		if
		:: still
		:: else -> break
		fi
	od;
done:	end_turn()
}

/*
 * @c is parked, and nobody waits in an open. It gets the one pass of this turn; the other parked
 * callers wait for their own turn.
 */
inline parked_turn()
{
	holds = up;
	if
	:: GONE -> goto parked_done
	:: !GONE && holds ->
		if
		:: hold_it()
		:: atomic { refusals > 0 -> refusals--; turned_down[c] = true; parked[c] = false };
			goto parked_done
		fi
#ifndef PASS_WHILE_DOWN
	/* The kernel's own error of a stop of what is down. */
	:: !GONE && !holds ->
		atomic { turned_down[c] = true; parked[c] = false };
		goto parked_done
#else
	:: !GONE && !holds -> give_pass(c); goto parked_done
#endif
	fi;
	/* Without a release no pass. */
	if
	:: atomic { released && parked[c] -> give_pass(c) }
	:: !released
	fi;
	do
	:: if
	   :: (holds && !up) || GONE
	   :: !ANY(pass) && !ANY(inside)
	   :: lates > 0 -> lates-- /* write_timeout */
	   fi;
		withdraw();
		if
		:: still
		:: else -> break
		fi
	od;
parked_done:
	end_turn()
}

proctype story()
{
	byte c, my_gen;
	bool holds, still, past_open, is_up, counts_up;

end_idle:
	do
	:: inbox?c -> caller_turn()
#ifndef NO_PROBE
	:: atomic { empty(inbox) && parked[0] -> c = 0 }; parked_turn()
	:: atomic { empty(inbox) && parked[1] -> c = 1 }; parked_turn()
#if CALLERS > 2
	:: atomic { empty(inbox) && parked[2] -> c = 2 }; parked_turn()
#endif
#endif
	:: atomic { GONE -> my_gen = gen }
	od
}

/* The rest of the world, at any moment. */
proctype world()
{
	bool new_up;

end:
	do
	:: atomic { to_tell[0] > 0 -> count_close(0) }
	:: atomic { to_tell[1] > 0 -> count_close(1) }
#if CALLERS > 2
	:: atomic { to_tell[2] > 0 -> count_close(2) }
#endif
#ifdef REPLACED
	/* rproc_del() waits for nobody. */
	:: atomic {
		gen == 0 && !locked ->
		gen++;
		if
		:: up -> mark_teardown(); up = false; freed = true
		:: else
		fi
	}
	:: atomic { gen == 1 && !new_up && !locked -> new_up = true; boot_enter(); bring_up() }
#endif
	od
}

init
{
	atomic {
#ifndef A_IS_DOWN
		up = true;
#endif
		run story();
		run world();
		run caller(0, OPENS);
#ifdef OUTSIDER
		run outsider(CALLERS - 1);
#endif
#if CALLERS > 2 || !defined(OUTSIDER)
		run caller(1, OPENS1);
#endif
#if CALLERS > 2 && !defined(OUTSIDER)
		run caller(2, OPENS)
#endif
	}
}
