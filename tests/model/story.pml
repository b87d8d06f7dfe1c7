/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How two remote processors are brought down and up by callers that come at once, as a model for spin:
 * a thread for each (src/rproc/story.c), which lets one caller go at a time, and drivers whose "unbind"
 * concerns both (src/rproc/unbind.c). tests/model/run says which switches there are and what each must
 * come to.
 *
 * A caller opens a file, and the event loop posts it into the inbox of the thread, or of both threads
 * (src/rproc/inbox.c); that takes no time here. The caller waits in its open until it is answered. Then
 * it writes "stop", "start", or nothing, and closes the file; that it has closed it is told some time
 * later. It may be killed while it waits, and it may be so slow that the thread does not wait any longer.
 *
 * The kernel: rproc_boot() and rproc_shutdown() take the lock of the remote processor. The probe at
 * rproc_shutdown() (bpf/guard.bpf.c, level "override") lets a call pass or parks its caller, and that is
 * before the lock. Without it (-DNO_PROBE) every call passes.
 *
 * A number that is used again (-DREPLACED) is given to another once, at any moment. The kernel side is taken
 * as follows, which is what the properties need: a remote processor that is down is never released, a
 * teardown ends a release, none but a released one lets calls pass, and a turn ends only when nobody is
 * inside rproc_shutdown() any more. There is a switch for each that does without.
 *
 * What a hold does is hold.pml's and gate.pml's, what parking does is parked.pml's; here a hold is
 * complete or not, and a parked caller waits.
 */
#define A 0
#define B 1
#define BOTH 2 /* the file "unbind" */

#ifndef CALLERS
#define CALLERS 2
#endif
#ifndef KIND0
#define KIND0 A
#endif
#ifndef KIND1
#define KIND1 A
#endif
#ifndef KIND2
#define KIND2 A
#endif
#ifndef KIND3
#define KIND3 A
#endif
#ifndef OPENS
#define OPENS 1 /* of each caller */
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
#ifndef BOOTS
#define BOOTS 0 /* starts that no file of ours is opened for: /dev/remoteprocN, a driver of the kernel */
#endif

/* The kernel. */
bool up[2];
bool locked[2];
bool held[2];	  /* the gate is closed, and the hold is complete */
bool torn[2];	  /* the gate is closed, and there was a teardown since */
bool released[2]; /* the gate is released: the probe lets every call pass */
byte gen[2];	  /* how often the number was given to another */
byte inside[2];	  /* calls of rproc_shutdown() that the probe has let pass */

/* The callers. */
#define NONE 0
#define YES 1
#define NO 2
byte answer[CALLERS];
bool dead[CALLERS];
byte fds[CALLERS];     /* marked files that it has open */
byte of_gen[CALLERS];  /* the remote processor whose file it has opened */
bool in_open[CALLERS]; /* until it has the file, or does not get it */
#ifdef COUNT_CLOSES
byte to_tell[CALLERS]; /* closes that the event loop has not heard of yet */
#endif
bool writing[CALLERS];
bool sleeping[CALLERS]; /* in user mode, with a file open */
bool late[CALLERS];	/* its turn was over before it wrote */
byte parked[CALLERS];	/* 1 + the remote processor */
bool pass[CALLERS];
bool turned_down[CALLERS]; /* the parked call fails, like one of a remote processor that is down */

/* The service. */
chan inbox[2] = [CALLERS] of { byte };
#ifdef COUNT_CLOSES
byte opens[2]; /* descriptors of the caller that was let go, and not known to be closed */
#endif
bool busy[2];	      /* the thread has a caller in hand */
byte turn[2];	      /* 1 + whom it has let go */
bool ending, over;    /* a signal has come; the threads are told to end */
byte kills = KILLS, lates = LATES, refusals = REFUSALS, boots = BOOTS;

/* The part of a remote processor in an unbind (struct unbind). */
#define WAITS 0
#define SAFE 1
#define DOWN 2
byte part[CALLERS * 2];
#define PART(c, r) part[(c) * 2 + (r)]

#define KIND(c) ((c) == 0 -> KIND0 : ((c) == 1 -> KIND1 : ((c) == 2 -> KIND2 : KIND3)))

/* ---- a caller ---- */

inline post()
{
#ifdef NO_ONE_LOCK
	atomic {
		answer[me] = NONE;
		in_open[me] = true;
		if
		:: kind != BOTH -> of_gen[me] = gen[kind]
		:: else
		fi;
		if
		:: over -> goto gone
		:: else
		fi;
		if
		:: kind == BOTH -> PART(me, A) = WAITS; PART(me, B) = WAITS; to_post = true
		:: else -> inbox[kind]!me
		fi
	};
	if
	:: to_post ->
		/* Two that post, each in an order of its own. */
		if
		:: me % 2 -> inbox[A]!me; inbox[B]!me
		:: else -> inbox[B]!me; inbox[A]!me
		fi;
		to_post = false
	:: else
	fi
#else
	atomic {
		answer[me] = NONE;
		in_open[me] = true;
		if
		:: kind != BOTH -> of_gen[me] = gen[kind]
		:: else
		fi;
		if
		:: over -> goto gone /* nobody guards any more */
		:: else
		fi;
		if
		:: kind == BOTH ->
			PART(me, A) = WAITS;
			PART(me, B) = WAITS;
			inbox[A]!me;
			inbox[B]!me
		:: else -> inbox[kind]!me
		fi
	}
#endif
}

/* mark_teardown(): a release is for one teardown. */
inline mark_teardown(r)
{
#ifndef RELEASE_STAYS
	released[r] = false;
#endif
	up[r] = false;
	torn[r] = true
}

/* Under the lock of the remote processor. A teardown, if there is something to tear down. */
inline tear_down(r)
{
	if
	:: up[r] ->
#ifdef REACH_TEARDOWN
		assert(false);
#endif
		assert(held[r]);
		mark_teardown(r)
	:: else
	fi
}

/* boot_enter() */
inline boot_enter(r)
{
	if
	:: held[r] && !torn[r]
	:: else -> held[r] = false; torn[r] = false; released[r] = false
	fi
}

inline leave_write()
{
	writing[me] = false;
	sleeping[me] = true
}

inline enter_write(r)
{
	sleeping[me] = false;
	writing[me] = true;
	assert(late[me] || turn[r] == me + 1)
}

/* enter_shutdown() */
#ifdef PASS_TORN
#define PASSES(r) (released[r] || torn[r])
#else
#define PASSES(r) released[r]
#endif

/* Of a file whose remote processor has gone: ENODEV. */
#define GONE_FILE (of_gen[me] != gen[kind])

inline write_stop()
{
	atomic { enter_write(kind) };
#ifndef NO_PROBE
	atomic {
		do
		:: GONE_FILE -> turned_down[me] = true; break
		:: !GONE_FILE && (pass[me] || PASSES(kind)) -> pass[me] = false; break
		:: else ->
			parked[me] = kind + 1;
			parked[me] == 0;
			if
			:: turned_down[me] -> break
			:: else
			fi
		od;
		if
		:: turned_down[me] -> skip
		:: else -> inside[kind]++
		fi
	};
#endif
	if
	:: !turned_down[me] ->
		atomic { !locked[kind] -> locked[kind] = true };
		atomic {
			if
			:: GONE_FILE
			:: else -> tear_down(kind)
			fi;
			locked[kind] = false;
#ifndef NO_PROBE
			inside[kind]--;
#endif
			leave_write()
		}
	:: else ->
		atomic {
			turned_down[me] = false;
			leave_write()
		}
	fi
}

inline write_start()
{
	atomic { enter_write(kind) };
	atomic {
		if
		:: GONE_FILE -> leave_write(); goto closed
		:: else -> boot_enter(kind)
		fi
	};
	atomic { !locked[kind] -> locked[kind] = true };
	atomic {
		if
		:: GONE_FILE
		:: else -> up[kind] = true
		fi;
		locked[kind] = false;
		leave_write()
	}
}

/* One of the two remote processors. There is no probe on this way. */
inline write_unbind()
{
	atomic {
		if
		:: target = A
		:: target = B
		fi;
		enter_write(target)
	};
	atomic { tear_down(target); leave_write() }
}

proctype caller(byte me; byte kind)
{
	byte n, target;
	bool to_post;

	do
	:: n == OPENS -> break
	:: n < OPENS ->
		n++;
		late[me] = false;
open_again:	post();
		if
		:: answer[me] != NONE
		:: atomic { answer[me] == NONE && kills > 0 -> kills--; dead[me] = true };
			goto closed
		fi;
		if
		:: answer[me] == YES ->
			atomic {
				fds[me]++;
				in_open[me] = false;
				sleeping[me] = true
			}
		:: else -> goto closed
		fi;
#ifdef TEE
		/* tee state state */
		if
		:: fds[me] == 1 && kind != BOTH -> sleeping[me] = false; goto open_again
		:: true
		fi;
#endif
		if
		:: kind == BOTH -> write_unbind()
		:: kind != BOTH -> write_stop()
		:: kind != BOTH -> write_start()
		:: true
		fi;
closed:		atomic {
			sleeping[me] = false;
			in_open[me] = false;
#ifdef COUNT_CLOSES
			to_tell[me] = to_tell[me] + fds[me];
#endif
			fds[me] = 0
		};
		if
		:: dead[me] -> break
		:: else
		fi
	od;
gone:	skip
}

/* Comes past the files: through /dev/remoteprocN, or a descriptor that was opened long ago. */
proctype outsider(byte me; byte kind)
{
	late[me] = true;
	atomic { of_gen[me] = gen[kind]; sleeping[me] = true };
	write_stop()
}

/* ---- the thread of a remote processor ---- */

#define GONE (my_gen != gen[r])
#define IS_WRITING(c) (writing[c] && !parked[c])

/* Not refused; whether @c was still there to take it. */
inline let_go()
{
	atomic {
		turn[r] = c + 1;
#ifdef COUNT_CLOSES
		opens[r] = 1;
#endif
		if
		:: dead[c]
		:: else -> answer[c] = YES
		fi
	}
}

/*
 * Waits until the write of @c is over, or will not come any more: was_let_go() and so on. What is looked
 * at is /proc, the inbox and the state, each at another moment.
 */
inline wait_for_end()
{
	do
	/* Whoever did it: @c may have a write to come yet. */
	:: GONE -> atomic { late[c] = in_open[c] || fds[c] > 0; break }
	:: holds && !up[r] -> atomic { late[c] = in_open[c] || fds[c] > 0; break }
	:: parked[c] == r + 1 -> atomic { late[c] = true; break }
#ifdef COUNT_CLOSES
	:: !IS_WRITING(c) && fds[c] == 0 && opens[r] == 0 -> break
#else
	/* It has come back from its open, and /proc shows no descriptor of the file. */
	:: !IS_WRITING(c) && fds[c] == 0 && !in_open[c] -> break
#endif
#ifndef NO_AGAIN
	:: KIND(c) != BOTH && inbox[r]??[eval(c)] ->
#ifdef NO_LOOK_AT_FDS
		if
		:: true ->
#else
		if
		:: fds[c] == 0 -> break /* closed, and not told yet */
		:: fds[c] > 0 ->
#endif
			atomic {
				inbox[r]??eval(c);
#ifdef COUNT_CLOSES
				opens[r]++;
#endif
				answer[c] = YES
			}
		fi
#endif
	/* write_timeout, or 500 ms with nothing to tear down. */
	:: atomic { lates > 0 && KIND(c) != BOTH && sleeping[c] -> lates--; late[c] = true };
		break
	:: dead[c] -> break
#ifdef NEXT_AT_ONCE
	:: atomic { !holds && answer[c] == YES -> late[c] = true }; break
#endif
	od
}

/*
 * Nobody gets into rproc_shutdown() from here on but by being held again; those that are in it are waited
 * for. True in @left when the turn goes on.
 */
inline withdraw()
{
	released[r] = false;
#ifdef LOOK_AT_CALLER
	if
	:: holds && up[r] && IS_WRITING(c) -> released[r] = true; goto again
	:: else
	fi;
#endif
#ifndef NO_INSIDE
	inside[r] == 0;
#endif
}

/*
 * guard_gate_release(). One that has gone must not leave it to the next one of its number: a compare and
 * swap, which fails once the gate that we have closed was opened.
 */
inline release()
{
#ifndef NO_PROBE
#ifdef RELEASE_BLINDLY
	if
	:: GONE -> goto done
	:: else
	fi;
	released[r] = true;
#else
	atomic {
		if
		:: held[r] && !torn[r] -> released[r] = true
		:: else
		fi
	};
#endif
#endif
	skip
}

/* One caller's turn has come: its file, and nobody else's. */
inline caller_turn()
{
	if
	:: of_gen[c] != my_gen ->
		/* Of one that has gone, before us or just now: the kernel refuses what it writes. */
		let_go();
		wait_for_end();
		goto done
	:: else
	fi;
	holds = up[r];
	if
	:: holds ->
		if
		:: atomic { !GONE -> held[r] = true }
		:: GONE -> let_go(); wait_for_end(); goto done
		:: atomic { refusals > 0 -> refusals-- }; goto refused
		:: dead[c] -> goto done
		fi;
		release()
	:: else ->
		/* let_start() */
#if defined(RELEASE_DOWN) && !defined(NO_PROBE)
		atomic { held[r] = false; torn[r] = false; released[r] = true };
#else
		atomic { held[r] = false; torn[r] = false };
#endif
	fi;
	let_go();
again:	wait_for_end();
#ifndef NO_PROBE
	withdraw();
#endif
	goto done;
refused:
	/* "no" to all who came until now. */
	atomic {
		answer[c] = NO;
		do
		:: len(inbox[r]) > 0 -> inbox[r]?c; answer[c] = NO
		:: len(inbox[r]) == 0 -> break
		od
	};
done:	end_turn()
}

inline end_turn()
{
	atomic {
		turn[r] = 0;
		if
		:: GONE -> my_gen = gen[r]
		:: !GONE && up[r] -> held[r] = false
		:: else
		fi;
		c = 0;
		holds = false
	}
}

/*
 * One that was down may be up, one that was held may have gone and another is up in its place: it has to
 * be held (again), by its own thread.
 */
inline look_again(x)
{
	if
#ifndef NO_SECOND_LOOK
	:: PART(c, x) == DOWN && up[x] -> PART(c, x) = WAITS
#endif
#ifndef NO_LOOK_AT_SAFE
	:: PART(c, x) == SAFE && up[x] && !held[x] -> PART(c, x) = WAITS
#endif
	:: else
	fi
}

/* Who completes the set decides. */
inline decide()
{
	if
	:: answer[c] == NONE && PART(c, A) != WAITS && PART(c, B) != WAITS ->
		look_again(A);
		look_again(B);
		if
		:: PART(c, A) != WAITS && PART(c, B) != WAITS && !dead[c] ->
			answer[c] = YES;
			turn[A] = c + 1;
			turn[B] = c + 1
		:: else
		fi
	:: else
	fi
}

inline unbind_turn()
{
	do
	:: answer[c] != NONE -> break
	:: answer[c] == NONE && PART(c, r) == WAITS ->
		if
		:: up[r] ->
			if
			:: atomic { my_gen = gen[r]; held[r] = true; PART(c, r) = SAFE; decide() }
			:: atomic { refusals > 0 -> refusals--; answer[c] = NO }
			:: atomic { dead[c] -> answer[c] = NO }
			fi
		:: atomic { !up[r] -> PART(c, r) = DOWN; decide() }
		fi
	:: answer[c] == NONE && PART(c, r) != WAITS && dead[c] ->
		answer[c] = NO
	od;
	if
	:: answer[c] == YES -> wait_for_end()
	:: else
	fi;
	end_turn()
}

inline parked_turn()
{
	holds = up[r];
	if
	:: GONE -> goto parked_done
	:: !GONE && holds ->
		if
		:: atomic { !GONE -> held[r] = true };
			/* The release failed: it is handed over, still parked. */
			atomic {
				if
				:: held[r] && !torn[r] -> released[r] = true
				:: else -> goto parked_done
				fi
			};
			atomic { pass[c] = true; parked[c] = 0 };
			!writing[c] || !up[r] || parked[c] || GONE;
			released[r] = false;
			pass[c] = false;
#ifndef NO_INSIDE
			inside[r] == 0
#endif
		:: atomic { refusals > 0 -> refusals--; turned_down[c] = true; parked[c] = 0 }
		:: GONE -> goto parked_done
		fi
	:: !GONE && !holds ->
#ifdef RELEASE_DOWN
		released[r] = true;
		atomic { pass[c] = true; parked[c] = 0 }
#else
		atomic { turned_down[c] = true; parked[c] = 0 }
#endif
	fi;
parked_done:
	end_turn()
}

proctype story(byte r)
{
	byte c, my_gen;
	bool holds;

end_idle:
	do
	:: atomic { nempty(inbox[r]) -> busy[r] = true; inbox[r]?c };
		if
		:: KIND(c) == BOTH -> unbind_turn()
		:: else -> caller_turn()
		fi;
		busy[r] = false
#ifndef NO_PROBE
	:: atomic { empty(inbox[r]) && parked[0] == r + 1 -> busy[r] = true; c = 0 };
		parked_turn();
		busy[r] = false
	:: atomic { empty(inbox[r]) && parked[1] == r + 1 -> busy[r] = true; c = 1 };
		parked_turn();
		busy[r] = false
#if CALLERS > 2
	:: atomic { empty(inbox[r]) && parked[2] == r + 1 -> busy[r] = true; c = 2 };
		parked_turn();
		busy[r] = false
#endif
#endif
#ifdef END_ALONE
	:: ending && empty(inbox[r]) -> break
#endif
	:: atomic { over && empty(inbox[r]) } -> break
	:: atomic { GONE && !busy[r] -> my_gen = gen[r] }
	od
}

/* The rest of the world, at any moment. */
#ifdef COUNT_CLOSES
inline tell(i)
{
	to_tell[i]--;
	if
	:: opens[KIND(i)] > 0 -> opens[KIND(i)]--
	:: else
	fi
}
#endif

proctype world()
{
	bool new_up;

end:
	do
	:: false
#ifdef COUNT_CLOSES
	:: atomic { to_tell[0] > 0 -> tell(0) }
	:: atomic { to_tell[1] > 0 -> tell(1) }
#endif
#ifdef REPLACED
	/* rproc_del() waits for nobody. */
	:: atomic {
		gen[A] == 0 && !locked[A] ->
		gen[A]++;
		if
		:: up[A] -> mark_teardown(A)
		:: else
		fi
	}
	:: atomic {
		gen[A] == 1 && !new_up && !locked[A] && !(KIND(0) == BOTH && answer[0] == YES) ->
		new_up = true;
		boot_enter(A);
		up[A] = true
	}
#endif
#ifdef ENDS
	:: atomic { !ending -> ending = true }
	:: atomic {
		ending && !over && !busy[A] && !busy[B] && empty(inbox[A]) && empty(inbox[B]) ->
		over = true
	}
#endif
#if BOOTS > 0
	:: atomic {
		boots > 0 && !up[A] && !locked[A] && !(KIND(0) == BOTH && answer[0] == YES) ->
		boots--;
		boot_enter(A);
		up[A] = true
	}
#endif
	od
}

init
{
	atomic {
		up[A] = true;
		up[B] = true;
#ifdef A_IS_DOWN
		up[A] = false;
#endif
		run story(A);
#ifdef TWO
		run story(B);
#endif
		run world();
		run caller(0, KIND0);
#ifdef OUTSIDER
		run outsider(1, KIND1);
#else
		run caller(1, KIND1);
#endif
#if CALLERS > 2
		run caller(2, KIND2);
#endif
#if CALLERS > 3
		run caller(3, KIND3)
#endif
	}
}
