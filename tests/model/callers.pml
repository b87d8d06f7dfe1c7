/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A part of story.pml: what the kernel, the probes and the callers do with one remote processor.
 */

/* The kernel. */
bool up;
bool locked;
byte gen; /* how often the number was given to another */

/* The gate: struct rg_gate. */
bool closed;   /* for a hold: closed and announced */
bool held;     /* the hold that it was closed for is complete */
bool torn;     /* teardown_ns: there was a teardown since */
bool freed;    /* that teardown is over: its resources were freed */
bool released; /* the probe lets every call in, and writes it down */

/* The callers. */
#define NONE 0
#define YES 1
#define NO 2
byte answer[CALLERS];
bool dead[CALLERS];
byte fds[CALLERS];	   /* marked files that it has open */
byte of_gen[CALLERS];	   /* the remote processor whose file it has opened */
bool in_open[CALLERS];	   /* until it has the file, or does not get it */
bool writing[CALLERS];
bool sleeping[CALLERS];	   /* in user mode, with a file open */
bool late[CALLERS];	   /* its turn was over before it wrote */
bool parked[CALLERS];
bool pass[CALLERS];	   /* it is continued, and may make its call again */
bool turned_down[CALLERS]; /* it is continued, and its call fails */
bool inside[CALLERS];	   /* its record in the map inside_shutdown */
byte to_tell[CALLERS];	   /* closes that the event loop has not read yet */

#if CALLERS > 2
#define ANY(of) (of[0] || of[1] || of[2])
#else
#define ANY(of) (of[0] || of[1])
#endif

/* ---- the gate, as the probes change it ---- */

inline open_gate()
{
	closed = false;
	held = false;
	torn = false;
	released = false
}

/* mark_teardown(): a release is for one teardown. */
inline mark_teardown()
{
#ifndef RELEASE_STAYS
	released = false;
#endif
	torn = true;
	freed = false
}

/* boot_enter(): a boot must not open the gate of a stop that has not torn everything down yet. */
#ifdef OPEN_MIDWAY
#define TORN_DOWN torn
#else
#define TORN_DOWN (torn && freed)
#endif

inline boot_enter()
{
	if
	:: closed && !TORN_DOWN
	:: else ->
		closed = false;
		held = false;
		torn = false;
#ifndef RELEASE_STAYS
		released = false
#endif
	fi
}

/* Under the lock, with new_virtqueue_enter(). One that is up is only counted. */
inline bring_up()
{
	if
	:: !up && closed -> open_gate()
	:: else
	fi;
	up = true
}

/*
 * Under the lock. What all of this is about: nothing is torn down but behind a hold of what is up.
 */
inline tear_down()
{
	if
	:: up ->
#if defined(REACH_TEARDOWN)
		assert(false);
#elif defined(REACH_OUTSIDER)
		assert(me != CALLERS - 1);
#endif
		assert(held);
		mark_teardown()
	:: else
	fi
}

/* The rest, of another rpmsg device, whose channels are alive up to here. */
inline free_rest()
{
	if
	:: up ->
		assert(closed);
		up = false;
		freed = true
	:: else
	fi
}

/* ---- a caller ---- */

/* inbox_post_closed(): nothing says who has closed, nor which of its descriptors. */
inline count_close(i)
{
	to_tell[i]--;
	if
	:: opens > 0 -> opens--
	:: else
	fi
}

inline post()
{
	atomic {
		answer[me] = NONE;
		in_open[me] = true;
		of_gen[me] = gen;
		inbox!me
	}
}

inline enter_write()
{
	sleeping[me] = false;
	writing[me] = true;
#ifndef NO_TURN_CHECK
	assert(late[me] || turn == me + 1)
#endif
}

inline leave_write()
{
	writing[me] = false;
	sleeping[me] = true
}

/*
 * has_pass(): it says that the hold is complete, and ends with the teardown and with the next
 * boot.
 */
#ifdef PASS_ANYWHERE
#define PASS_AT_GATE true
#else
#define PASS_AT_GATE (closed && !torn)
#endif

/* Of a file whose remote processor has gone: ENODEV. */
#define GONE_FILE (of_gen[me] != gen)

/* enter_shutdown(): let in, and on record; or parked, also while it is torn down. */
inline enter_shutdown()
{
	atomic {
		do
		:: GONE_FILE -> turned_down[me] = true; break
		:: !GONE_FILE && (released || (pass[me] && PASS_AT_GATE)) ->
			inside[me] = true;
			break
		:: else ->
			pass[me] = false;
			parked[me] = true;
			!parked[me];
			if
			:: turned_down[me] -> break
			:: else
			fi
		od;
		pass[me] = false
	}
}

inline write_stop()
{
	atomic { enter_write() };
#ifndef NO_PROBE
	enter_shutdown();
#endif
	if
	:: !turned_down[me] ->
		atomic { !locked -> locked = true };
		if
		:: GONE_FILE
		:: else ->
			atomic { tear_down() };
			atomic { free_rest() }
		fi;
		/* shutdown_exit() takes the record off. */
		atomic { locked = false; inside[me] = false; leave_write() }
	:: else ->
		atomic { turned_down[me] = false; leave_write() }
	fi
}

inline write_start()
{
	atomic { enter_write() };
	atomic {
		if
		:: GONE_FILE -> leave_write(); goto close_file
		:: else -> boot_enter()
		fi
	};
	atomic { !locked -> locked = true };
	atomic {
		if
		:: GONE_FILE
		:: else -> bring_up()
		fi;
		locked = false;
		leave_write()
	}
}

proctype caller(byte me; byte count)
{
	byte n;

	do
	:: n == count || dead[me] -> break
	:: n < count && !dead[me] ->
		n++;
		late[me] = false;
open_again:	post();
		if
		:: answer[me] != NONE
		:: atomic { answer[me] == NONE && kills > 0 -> kills--; dead[me] = true };
			goto close_file
		fi;
		if
		:: answer[me] == YES ->
			atomic { fds[me]++; in_open[me] = false; sleeping[me] = true }
		:: else -> goto close_file
		fi;
#ifdef TEE
		/* tee state state */
		if
		:: fds[me] == 1 -> sleeping[me] = false; goto open_again
		:: true
		fi;
#endif
		if
		:: write_stop()
		:: write_start()
		:: true
		fi;
close_file:	atomic {
			sleeping[me] = false;
			in_open[me] = false;
			to_tell[me] = to_tell[me] + fds[me];
			fds[me] = 0
		}
	od
}

/* Comes past the files: through /dev/remoteprocN, or a descriptor that was opened long ago. */
proctype outsider(byte me)
{
	late[me] = true;
	of_gen[me] = gen;
	write_stop()
}
