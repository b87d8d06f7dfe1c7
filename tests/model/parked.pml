/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hold of a stop that is only met in rproc_shutdown(), as a model for spin: the probe parks
 * the caller (bpf/park.bpf.h), user space runs the hold and lets it through with a pass
 * (src/rproc/parked.c). tests/model/run says which switches there are and what each must come to.
 *
 * Parking: the program notes the caller, sends it SIGSTOP, and overrides the call with
 * -ERESTARTNOINTR. Which comes first cannot be said where interrupts are off (arm64): then
 * bpf_send_signal() leaves the sending to an interrupt that is taken right after the program. The
 * body does not run, the caller stops on its way back to user mode, and SIGCONT lets the kernel
 * restart the call, which meets the probe again. A SIGCONT that comes before the caller has stopped
 * takes the SIGSTOP away. Anybody may send one, and anybody may kill the caller.
 *
 * The first guard may die at any moment. Its programs and passes go with it; one that runs goes on
 * to its end. Notes of who is parked have to outlive it. The second guard starts later, and stays.
 *
 * What a hold does is hold.pml's and gate.pml's; here it is complete or not. That nobody stays
 * parked means that there is no dead end; guard and caller in lockstep, each always a moment too
 * late for the other, is not ruled out.
 */
#ifndef CALLERS
#define CALLERS 2
#endif
#ifndef CALLS
#define CALLS 1 /* of each, or of tasks that are given its number after it was killed */
#endif

bool up = true;	    /* the remote processor */
bool attached;	    /* the guard's programs */
bool hold_complete; /* nobody is inside, and nobody gets in */
bool dead;	    /* the first guard */
byte kills = 1;	    /* of parked callers that are still to come */

#define NONE 0
#define NEW 1
#define TAKEN 2 /* somebody is at it; a later parking writes a new one */

bool pass[CALLERS];	    /* a map of the guard's */
byte note[CALLERS];	    /* who is parked; outlives the guard */
bool stop_pending[CALLERS]; /* SIGSTOP sent, and not taken yet */
bool stopped[CALLERS];
bool in_program[CALLERS];
bool in_body[CALLERS];
bool in_call[CALLERS]; /* parked ones, too */
bool unguarded[CALLERS]; /* called while no guard was there, or let through by one that has died */

inline send_sigcont(who)
{
	d_step {
		stop_pending[who] = false;
		stopped[who] = false
	}
}

proctype caller(byte me)
{
	byte calls;

	do
	:: calls == CALLS -> break
	:: calls < CALLS ->
		calls++;
		in_call[me] = true;
restart:
		if
		:: atomic { !attached -> unguarded[me] = true; in_body[me] = true }
		:: atomic {
			attached ->
			unguarded[me] = false;
			in_program[me] = true
		};
			/* Looked up and deleted in one: who deletes it is the one that uses it. */
			atomic {
				if
				:: pass[me] ->
					pass[me] = false;
					in_body[me] = true
				:: else
				fi
			};
			if
			:: in_body[me] -> in_program[me] = false
			:: else ->
				if
				:: stop_pending[me] = true; note[me] = NEW
#ifndef SIGNAL_FIRST
				:: note[me] = NEW; stop_pending[me] = true
#endif
				fi;
				in_program[me] = false;
				/* On the way back to user mode. */
				atomic {
					if
					:: stop_pending[me] ->
						stop_pending[me] = false;
						stopped[me] = true
					:: else
					fi
				};
				if
				:: !stopped[me] -> goto restart
				:: atomic {
					stopped[me] && kills > 0 ->
					kills--;
					stopped[me] = false
				};
					goto next
				fi
			fi
		fi;
		/* The body: a teardown if there is something to tear down. */
		atomic {
			if
			:: up ->
#ifdef REACH_TEARDOWN
				assert(unguarded[me]);
#endif
				assert(unguarded[me] || hold_complete);
				up = false
			:: else
			fi
		};
		in_body[me] = false;
next:		in_call[me] = false
	od
}

inline wait_for_programs()
{
	i = 0;
	do
	:: i == CALLERS -> break
	:: i < CALLERS && !in_program[i] -> i++
	od
}

/*
 * Takes the notes, and only then waits: whose note was taken has been sent his SIGSTOP after that,
 * so that a SIGCONT finds it. The other way round a SIGCONT may come between the two, be lost, and
 * the note be erased.
 */
inline take_notes()
{
#ifdef BARRIER_FIRST
	wait_for_programs();
#endif
	i = 0;
	do
	:: i == CALLERS -> break
	:: i < CALLERS ->
		d_step {
			if
			:: note[i] != NONE -> note[i] = TAKEN
			:: else
			fi;
			i++
		}
	od;
#if !defined(NO_BARRIER) && !defined(BARRIER_FIRST)
	wait_for_programs()
#else
	skip
#endif
}

/* The pass first, since the call restarts at once; the note last, in case we die. */
inline let_through(with_pass)
{
	i = 0;
	do
	:: i == CALLERS -> break
	:: i < CALLERS ->
		if
		:: note[i] == TAKEN ->
#ifdef ERASE_FIRST
			note[i] = NONE;
#endif
			if
			:: with_pass -> pass[i] = true
			:: else
			fi;
			send_sigcont(i);
			d_step {
				if
				:: note[i] == TAKEN -> note[i] = NONE
				:: else
				fi
			}
		:: else
		fi;
		i++
	od
}

/* What was not used must not be used later. Who has used it is waited for. */
inline revoke_passes()
{
	i = 0;
	do
	:: i == CALLERS -> break
	:: i < CALLERS ->
#ifndef NO_REVOKE
		pass[i] = false;
#endif
#ifdef NO_WAIT_BODY
		skip;
#else
		!in_body[i];
#endif
		i++
	od
}

/*
 * Whether the hold has to go on for the sake of a caller; write_timeout ends it for all others.
 * Passes and calls are looked at one after the other, passes first: a pass that is used between
 * the two looks shows in the second. That spares a hold that ends in vain; what is safe is the
 * wait behind revoke_passes().
 */
#define HAS_PASS(who) (pass[who] && in_call[who] && note[who] == NONE)

inline wait_for_calls()
{
	do
#ifdef CALLS_FIRST
	:: !in_body[0] && !in_body[CALLERS - 1] ->
		if
		:: !HAS_PASS(0) && !HAS_PASS(CALLERS - 1) -> break
		:: else
		fi
#else
	:: !HAS_PASS(0) && !HAS_PASS(CALLERS - 1) ->
		if
		:: !in_body[0] && !in_body[CALLERS - 1] -> break
		:: else
		fi
#endif
	:: !up -> break
	:: give_ups > 0 -> give_ups--; break /* write_timeout was too short for somebody */
	od
}

/* One at a time; who is parked in the meantime gets the next one. */
inline parked_hold()
{
	take_notes();
#ifdef NO_HOLD
	skip;
#else
	hold_complete = true;
#endif
	let_through(true);
	wait_for_calls();
	revoke_passes();
	hold_complete = false
}

/* Whoever was parked by the one before: call again. */
inline resume_parked()
{
	take_notes();
	let_through(false)
}

proctype guard(bool first)
{
	byte i, give_ups = 1;

	{
		attached = true;
		resume_parked();
end_idle:	do
		:: note[0] != NONE || note[CALLERS - 1] != NONE -> parked_hold()
		od
	} unless {
		first && dead
	};
	/* The programs go, and the passes with their map. */
	atomic {
		attached = false;
		i = 0;
		do
		:: i == CALLERS -> break
		:: i < CALLERS ->
#ifdef NOTES_LOST
			note[i] = NONE;
#endif
			pass[i] = false;
			unguarded[i] = unguarded[i] || in_body[i];
			i++
		od;
		hold_complete = false
	};
	run guard(false)
}

/* The rest of the world, each at most once, at any moment. */
proctype world()
{
	bool died, continued, started;

end:
	do
	:: !died -> died = true; dead = true
	:: atomic { !continued -> continued = true; send_sigcont(0) }
	:: atomic { !started && !up && !hold_complete -> started = true; up = true }
	od
}

init
{
	atomic {
		run guard(true);
		run world();
		run caller(0);
#if CALLERS > 1
		run caller(1)
#endif
	}
}
