/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of the steps in src/hold/sequence.c, as a model for spin: a guard that holds two stops, the
 * second of which is carried out, against programs that open a tty, write, close and open it again.
 * tests/model/run says which switches there are and what each must come to.
 *
 * The tty is one of a driver without .hangup, whose port is freed with the remote processor.
 * Assumed: programs may be root, whom TIOCEXCL does not stop; a settled thread was outside, see
 * settle.c. Not assumed: that a descriptor shows in /proc (but with PROC_SHOWS_ALL). Two programs
 * may hand it to each other while they are looked at, so what is decided is decided by the
 * kernel's own count, see ask() in hangup.c. Memory is in order here: everything goes through
 * locks of the kernel. The senders' side of a hold is gate.pml.
 */
#ifndef PROGRAMS
#define PROGRAMS 2
#endif
#ifndef OPENS
#define OPENS 2 /* tries of each */
#endif

#ifdef SKIP_ALIVE
#define USE_DRIVER skip
#else
#define USE_DRIVER assert(alive)
#endif

bool alive = true; /* the driver's port */
bool node = true;  /* the tty's node in devtmpfs */
byte writers;	   /* references to the line discipline */
bool hanging_up;   /* none is given out */
byte count;	   /* tty->count: files, those in release as well */
bool marked;	   /* termios_locked of the struct tty_struct, which goes with the last file */
bool dying;	   /* that is being released for the last time: opens fail and are tried again */
byte port_count;   /* port->count: what a start finds if it is not 0 ends in -EEXIST */

bool opening[PROGRAMS];	  /* between the lookup of the path and the return of open() */
bool has_file[PROGRAMS];  /* on the list that the hang-up walks */
bool hung[PROGRAMS];	  /* its file's operations are those of a hung-up one */

/* tty_port_open() and tty_port_close(), both under tty_lock. */
inline port_open()
{
	USE_DRIVER;
	count++;
	port_count++
}

inline port_close(is_hung)
{
	USE_DRIVER;
	if
	:: is_hung -> skip /* tty_port_close_start() does nothing */
	:: !is_hung && count == 1 -> port_count = 0 /* corrects the count first */
	:: else -> port_count--
	fi;
	count--;
	if
	:: count == 0 -> marked = false
	:: else
	fi
}

inline write_tty()
{
	atomic { !hanging_up -> writers++ };
	if
	:: hung[me] -> skip /* EIO, see n_tty_write() */
	:: else -> USE_DRIVER /* the driver */
	fi;
	writers--
}

proctype program(byte me)
{
	byte opens;
	bool last;

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
			!hanging_up && !dying -> /* tty_lock; tty_reopen() */
			port_open();
			has_file[me] = true
		};
		opening[me] = false;
		do
		:: hung[me] -> break /* EIO, end of file */
		:: !hung[me] -> write_tty()
		:: break /* it has done what it wanted */
		od;
		/* close(), and some time later tty_release() */
		atomic {
			!hanging_up ->
			port_close(hung[me]);
			has_file[me] = false;
			hung[me] = false;
			last = count == 0;
			dying = dying || last
		};
		atomic {
			if
			:: last ->
				USE_DRIVER; /* tty_release_struct(), release_tty() */
				dying = false;
				last = false
			:: else
			fi
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

/* hangup_ask(): is any file left but ours? */
inline ask()
{
	atomic {
		!dying -> port_open();
		marked = true
	};
	atomic { port_close(false) };
	atomic {
		!dying -> port_open();
		found = marked;
		marked = false
	};
	atomic { port_close(false) }
}

/* TIOCVHANGUP in hangup.c; __tty_hangup() holds tty_lock all the time. */
inline hang_up_tty()
{
	hung_up = true;
	atomic {
		!dying -> port_open();
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
}

/* ttys_hang_up() */
inline hang_up()
{
#ifdef NO_HANG_UP
	skip
#else
#ifdef NO_ASK
	found = false;
#else
	ask();
#endif
	if
	:: found -> hang_up_tty()
	:: else
	fi
#endif
}

/* hangup_finish(): a fresh one, the hung-up one closed, the fresh one closed. */
inline give_back()
{
#ifdef NO_MEND
	atomic { port_close(true) }
#else
	atomic { port_open() };
	atomic { port_close(true) };
	atomic { port_close(false) }
#endif
}

/* close_for_good(), again and again until nobody is left; the look at /proc saves rounds. */
inline wait_closed()
{
	do
	:: !hung_up -> break
	:: hung_up ->
#ifdef PROC_SHOWS_ALL
		wait_for_each(has_file[i]);
#endif
		give_back();
		hung_up = false;
#ifdef NO_ASK_AGAIN
		skip
#else
		ask();
		if
		:: found -> hang_up_tty()
		:: else
		fi
#endif
	od
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
		closed = true
	:: !last -> /* close_timeout is over: refused */
		if
		:: hung_up -> give_back()
		:: else
		fi;
		hung_up = false;
		closed = false
	fi
}

proctype guard()
{
	byte i;
	bool hung_up, found, closed, last;

	hold();
	if
	:: true -> /* refused or not carried out: hold_end() */
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
		USE_DRIVER;
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
