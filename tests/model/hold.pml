/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of the steps in src/hold/hold.c, as a model for spin: a guard that holds two stops, the
 * second of which is carried out, against programs that open a tty, write, close and open it again.
 * tests/model/run says which switches there are and what each must come to.
 *
 * The tty is one of a driver without .hangup, whose port is freed with the remote processor.
 * Assumed: programs may be root, whom TIOCEXCL does not stop; a settled thread was outside, see
 * settle.c; every descriptor shows in /proc, see the known limits in the README. Memory is in order
 * here: everything goes through locks of the kernel. The senders' side of a hold is gate.pml.
 */
#ifndef PROGRAMS
#define PROGRAMS 2
#endif
#ifndef OPENS
#define OPENS 2 /* tries of each */
#endif

bool alive = true; /* the driver's port */
bool node = true;  /* the tty's node in devtmpfs */
byte writers;	   /* references to the line discipline */
bool hanging_up;   /* none is given out */
byte count;	   /* tty->count: files, those in release as well */
byte port_count;   /* port->count: what a start finds if it is not 0 ends in -EEXIST */

bool opening[PROGRAMS];	  /* between the lookup of the path and the return of open() */
bool has_file[PROGRAMS];  /* on the list that the hang-up walks */
bool has_fd[PROGRAMS];	  /* shows in /proc */
bool hung[PROGRAMS];	  /* its file's operations are those of a hung-up one */
bool releasing[PROGRAMS]; /* between close() and the end of tty_release() */

bool unmended; /* unmended.h */

/* tty_port_open() and tty_port_close(), both under tty_lock. */
inline port_open()
{
	assert(alive);
	count++;
	port_count++
}

inline port_close(is_hung)
{
	assert(alive);
	if
	:: is_hung -> skip /* tty_port_close_start() does nothing */
	:: !is_hung && count == 1 -> port_count = 0 /* corrects the count first */
	:: else -> port_count--
	fi;
	count--
}

inline write_tty()
{
	atomic { !hanging_up -> writers++ };
	if
	:: hung[me] -> skip /* EIO, see n_tty_write() */
	:: else -> assert(alive) /* the driver */
	fi;
	writers--
}

proctype program(byte me)
{
	byte opens;

	do
	:: opens == OPENS -> break
	:: opens < OPENS ->
		opens++;
		atomic {
			if
			:: node -> opening[me] = true
			:: else -> goto next /* ENOENT */
			fi
		};
		atomic {
			!hanging_up -> /* tty_lock */
			port_open();
			has_file[me] = true
		};
		atomic {
			has_fd[me] = true;
			opening[me] = false
		};
		do
		:: hung[me] -> break /* EIO, end of file */
		:: !hung[me] -> write_tty()
		:: break /* it has done what it wanted */
		od;
		atomic {
			has_fd[me] = false;
			releasing[me] = true
		};
		atomic {
			!hanging_up ->
			port_close(hung[me]);
			has_file[me] = false;
			hung[me] = false
		};
		atomic {
			assert(alive); /* tty_release_struct() */
			releasing[me] = false
		};
next:		skip
	od
}

/* Waits until each was seen once to be not busy, @busy being a condition on i. */
inline wait_for_each(busy)
{
	i = 0;
	do
	:: i == PROGRAMS -> break
	:: i < PROGRAMS && !(busy) -> i++
	od
}

inline keep_out()
{
#ifdef NO_KEEP_OUT
	skip
#else
	node = false
#endif
}

inline settle_opens()
{
#ifdef NO_SETTLE_OPENS
	skip
#else
	wait_for_each(opening[i])
#endif
}

/* is_open() looks at one process after the other. */
inline look_for_holders()
{
	any_hung_up = unmended;
	i = 0;
	do
	:: i == PROGRAMS -> break
	:: i < PROGRAMS ->
		any_hung_up = any_hung_up || has_fd[i];
		i++
	od
}

/* start_hangup(), and TIOCVHANGUP in hangup.c; __tty_hangup() holds tty_lock all the time. */
inline hang_up()
{
#ifdef NO_HANG_UP
	skip
#else
	look_for_holders();
	if
	:: any_hung_up ->
		unmended = true;
		atomic {
			port_open();
			hanging_up = true;
			i = 0;
			do
			:: i == PROGRAMS -> break
			:: i < PROGRAMS ->
				hung[i] = has_file[i];
				i++
			od
		};
		atomic { writers == 0 -> hanging_up = false }
	:: else
	fi
#endif
}

/* wait_closed() */
inline wait_closed()
{
	if
	:: any_hung_up ->
#ifdef NO_WAIT_CLOSED
		skip
#else
		wait_for_each(has_fd[i])
#endif
	:: else
	fi;
#ifdef NO_SETTLE_CLOSES
	skip
#else
#ifdef SETTLE_CLOSES_IF_HUNG_UP
	if
	:: any_hung_up -> wait_for_each(releasing[i])
	:: else
	fi
#else
	wait_for_each(releasing[i])
#endif
#endif
}

/* hangup_finish(): a fresh one, the hung-up one closed, the fresh one closed. */
inline give_back()
{
	if
	:: any_hung_up ->
#ifdef NO_MEND
		atomic { port_close(true) }
#else
		atomic { port_open() };
		atomic { port_close(true) };
		atomic { port_close(false) }
#endif
	:: else
	fi;
	any_hung_up = false
}

inline hold()
{
#ifdef HANG_UP_FIRST
	hang_up();
	keep_out();
	settle_opens();
#else
	keep_out();
	settle_opens();
	hang_up();
#endif
	if
	:: wait_closed();
		give_back();
		unmended = false;
		closed = true
	:: !last -> /* close_timeout is over: refused */
		give_back();
		closed = false
	fi
}

proctype guard()
{
	byte i;
	bool any_hung_up, closed, last;

	hold();
	if
	:: true -> /* refused or not carried out: hold_end() */
#ifdef FORGET_UNMENDED
		unmended = false;
#endif
		node = true;
		last = true;
		hold()
	:: closed
	fi;
#ifdef REACH_TEARDOWN
	assert(false);
#endif
	atomic {
#ifndef SKIP_PORT
		assert(port_count == 0);
#endif
		assert(alive);
		alive = false
	}
}

init
{
	byte i;

	atomic {
		do
		:: i == PROGRAMS -> break
		:: i < PROGRAMS -> run program(i); i++
		od;
		run guard()
	}
}
