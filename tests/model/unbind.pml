/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Drivers whose "unbind" concerns two remote processors, as a model for spin: a thread for each of
 * the two (src/rproc/story.c), and what they decide together (src/rproc/unbind.c, stand_by.c).
 * tests/model/run says which switches there are and what each must come to.
 *
 * A caller opens a file, and the event loop posts it into the inbox of the thread, or of both
 * threads. It waits in its open until it is answered. Then it writes "stop", "start", or nothing,
 * or unbinds one of the two, and closes the file.
 *
 * There is no probe at rproc_shutdown() here, and an unbind does not come through that function:
 * who is let in there is story.pml's. A hold is complete or not, and a write is one step: its turn
 * is over only after it.
 *
 * Known limit, which the checks leave out: a number is given to another remote processor after an
 * unbind was answered, and the new one is started before the unbind is over. Its thread does not
 * know of it.
 */
#define A 0
#define B 1
#define BOTH 2 /* the file "unbind" */

#ifndef CALLERS
#define CALLERS 2
#endif
#define KIND0 BOTH
#ifndef KIND1
#define KIND1 B
#endif
#define KIND2 A
#define KIND3 B
#define KIND(c) ((c) == 0 -> KIND0 : ((c) == 1 -> KIND1 : ((c) == 2 -> KIND2 : KIND3)))

#ifndef KILLS
#define KILLS 0 /* of callers that wait in their open */
#endif
#ifndef REFUSALS
#define REFUSALS 0 /* holds that are refused, or cancelled by a second signal */
#endif
#ifndef BOOTS
#define BOOTS 0 /* starts that no file of ours is opened for, as through /dev/remoteprocN */
#endif

/* The kernel. */
bool up[2];
bool held[2]; /* the gate is closed, the hold is complete, and nothing was torn down since */
byte gen[2];  /* how often the number was given to another */

/* The callers. */
#define NONE 0
#define YES 1
#define NO 2
byte answer[CALLERS];
bool dead[CALLERS];
bool has_open[CALLERS]; /* the file */
bool in_open[CALLERS];	/* until it has the file, or does not get it */
byte of_gen[CALLERS];	/* the remote processor whose file it has opened */
bool late[CALLERS];	/* its turn was over before it wrote */

/* The service. */
chan inbox[2] = [CALLERS] of { byte };
bool busy[2];	   /* the thread has a caller in hand */
byte turn[2];	   /* 1 + whom it has let go */
bool ending, over; /* a signal has come; the event loop tells the threads to end */
byte kills = KILLS, refusals = REFUSALS, boots = BOOTS;

/* The part of a remote processor in an unbind (struct unbind). */
#define ASKED 0
#define SAFE 1
#define DOWN 2
byte part[CALLERS * 2];
#define PART(c, r) part[(c) * 2 + (r)]

inline tear_down(r)
{
	if
	:: up[r] ->
#ifdef REACH_TEARDOWN
		assert(false);
#endif
		assert(held[r]);
		up[r] = false;
		held[r] = false
	:: else
	fi
}

/*
 * The probe at rproc_boot() opens the gate, but not that of a stop that has torn nothing down yet.
 */
inline bring_up(r)
{
	if
	:: !up[r] -> held[r] = false
	:: else
	fi;
	up[r] = true
}

/* ---- a caller ---- */

/*
 * unbinds_post(): into all inboxes under one lock, so that two unbinds are in the same order in
 * both.
 */
inline post()
{
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
			PART(me, A) = ASKED;
			PART(me, B) = ASKED;
#ifdef POST_WITHOUT_LOCK
			to_post = true
#else
			inbox[A]!me;
			inbox[B]!me
#endif
		:: else -> inbox[kind]!me
		fi
	};
#ifdef POST_WITHOUT_LOCK
	/* Two that post, each in an order of its own. */
	if
	:: to_post && me % 2 -> inbox[A]!me; inbox[B]!me
	:: to_post && me % 2 == 0 -> inbox[B]!me; inbox[A]!me
	:: else
	fi
#endif
}

#define GONE_FILE (of_gen[me] != gen[kind])
#define IN_TURN(r) assert(late[me] || turn[r] == me + 1)

inline write()
{
	atomic {
		if
		:: kind == BOTH -> IN_TURN(A); tear_down(A)
		:: kind == BOTH -> IN_TURN(B); tear_down(B)
		:: kind != BOTH ->
			IN_TURN(kind);
			if
			:: GONE_FILE
			:: !GONE_FILE -> tear_down(kind)
			:: !GONE_FILE -> bring_up(kind)
			fi
		:: true
		fi
	}
}

proctype caller(byte me; byte kind)
{
#ifdef POST_WITHOUT_LOCK
	bool to_post;
#endif

	post();
	if
	:: answer[me] != NONE
	:: atomic { answer[me] == NONE && kills > 0 -> kills--; dead[me] = true }; goto gone
	fi;
	if
	:: answer[me] == YES ->
		atomic { has_open[me] = true; in_open[me] = false };
		write()
	:: else
	fi;
gone:	atomic { in_open[me] = false; has_open[me] = false }
}

/* ---- the thread of a remote processor ---- */

#define GONE (my_gen != gen[r])

inline let_go()
{
	atomic {
		turn[r] = c + 1;
		if
		:: dead[c]
		:: else -> answer[c] = YES
		fi
	}
}

inline wait_for_end()
{
	if
	/* Whoever did it: @c may have a write to come yet. */
	:: atomic { GONE || (holds && !up[r]) -> late[c] = in_open[c] || has_open[c] }
	:: !has_open[c] && !in_open[c]
	:: dead[c]
	fi
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

/* One caller's turn has come: its file, and nobody else's. */
inline caller_turn()
{
	holds = up[r] && of_gen[c] == my_gen;
	if
	:: !holds -> let_go(); wait_for_end()
	:: holds ->
		if
		:: atomic { !GONE && up[r] -> held[r] = true }; let_go(); wait_for_end()
		:: GONE || !up[r] -> let_go(); wait_for_end()
		:: dead[c] -> skip
		:: atomic { refusals > 0 -> refusals-- };
			/* waiting_refuse_all(): "no" to all who came until now. */
			atomic {
				answer[c] = NO;
				do
				:: len(inbox[r]) > 0 -> inbox[r]?c; answer[c] = NO
				:: len(inbox[r]) == 0 -> break
				od
			}
		fi
	fi;
	end_turn()
}

/*
 * all_safe(). A part that was DOWN may be up by now, and what was SAFE may have gone, with the
 * next one of its number up in its place: its own thread has to hold it (again).
 */
inline look_again(x)
{
	if
#ifndef NO_SECOND_LOOK
	:: PART(c, x) == DOWN && up[x] -> PART(c, x) = ASKED
#endif
#ifndef NO_LOOK_AT_SAFE
	:: PART(c, x) == SAFE && up[x] && !held[x] -> PART(c, x) = ASKED
#endif
	:: else
	fi
}

/* decide(), under the lock of the unbinds: whoever completes the set answers. */
inline decide()
{
	if
	:: answer[c] == NONE && PART(c, A) != ASKED && PART(c, B) != ASKED ->
		look_again(A);
		look_again(B);
		if
		:: PART(c, A) != ASKED && PART(c, B) != ASKED && !dead[c] ->
			answer[c] = YES;
			turn[A] = c + 1;
			turn[B] = c + 1
		:: else
		fi
	:: else
	fi
}

/* It says its part, and stands by until the unbind is over. */
inline unbind_turn()
{
	do
	:: answer[c] != NONE -> break
	:: answer[c] == NONE && PART(c, r) == ASKED ->
		if
		:: up[r] ->
			if
			:: atomic { my_gen = gen[r]; held[r] = up[r]; PART(c, r) = SAFE; decide() }
			:: atomic { refusals > 0 -> refusals--; answer[c] = NO }
			:: atomic { dead[c] -> answer[c] = NO }
			fi
		:: atomic { !up[r] -> PART(c, r) = DOWN; decide() }
		fi
	:: answer[c] == NONE && PART(c, r) != ASKED && dead[c] ->
		answer[c] = NO
	od;
	if
	:: answer[c] == YES -> wait_for_end()
	:: else
	fi;
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
#ifdef END_ALONE
	:: atomic { ending && empty(inbox[r]) } -> break
#endif
	:: atomic { over && empty(inbox[r]) } -> break
	:: atomic { GONE && !busy[r] -> my_gen = gen[r] }
	od
}

/* The rest of the world, at any moment. */
proctype world()
{
	bool new_up, stopped;

end:
	do
	:: false
#ifdef REPLACED
	/* rproc_del() waits for nobody. */
	:: atomic { gen[A] == 0 -> gen[A]++; up[A] = false; held[A] = false }
	:: atomic { gen[A] == 1 && !new_up && answer[0] != YES -> new_up = true; bring_up(A) }
#endif
#ifdef ENDS
	/* The event loop: the threads end when all are idle and all inboxes are empty. */
	:: atomic { !ending -> ending = true }
	:: atomic {
		ending && !over && !busy[A] && !busy[B] && empty(inbox[A]) && empty(inbox[B]) ->
		over = true
	}
#endif
#ifdef STOPPED
	/* A driver calls rproc_shutdown(): held or not, it waits for nobody. */
	:: atomic { !stopped && up[A] && answer[0] != YES ->
		stopped = true;
		up[A] = false;
		held[A] = false
	}
#endif
	/* Not while the driver is being taken off: what the kernel does then is its own affair. */
	:: atomic { boots > 0 && !up[A] && answer[0] != YES -> boots--; bring_up(A) }
	od
}

init
{
	atomic {
#ifndef A_IS_DOWN
		up[A] = true;
#endif
		up[B] = true;
		run story(A);
		run story(B);
		run world();
		run caller(0, KIND0);
		run caller(1, KIND1);
#if CALLERS > 2
		run caller(2, KIND2);
#endif
#if CALLERS > 3
		run caller(3, KIND3)
#endif
	}
}
